using ClipGen.Analyzers.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Calls that several processes make together: some clip, some also step, and those that average do neither.</summary>
public sealed class ProcessTrainingTests
{
    private const string Program = """
        using ClipGen;
        using ClipGen.Optimizers;

        [ClipGradNorm(1.0)]
        internal sealed partial class Net
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[4];
            private readonly float[] _dW = new float[4];
            public void Backward(float[] batch) { for (int i = 0; i < 4; i++) _dW[i] += batch[i] * _w[i]; }
        }

        static class Trainer
        {
            static void Main()
            {
            }

            static void Train(IEnumerable<float[]> batches, IGradientExchange world, LossScaler scaler)
            {
                var net = new Net();
                var optimizer = new AdamW(1e-3) { ZeroGradients = true };
                foreach (var batch in batches)
                {
                    net.Backward(batch);
                    STATEMENTS
                }
            }
        }

        // The generated members of the model that the calls need.
        partial class Net : IClippable, IGradientSource
        {
            public ClipResult ClipGradients() => default;
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
        }
        """;

    [Theory]
    [InlineData("world.ClipAndStep(optimizer, net);")]
    [InlineData("world.ClipAndStep(optimizer, net, 0.5);")]
    [InlineData("world.ClipAndStep(optimizer, net, scaler);")]
    [InlineData("world.ClipAndStepSharded(optimizer, net);")]
    [InlineData("GradientExchangeExtensions.ClipAndStep(world, optimizer, net);")]
    [InlineData("world.ClipSharded(net); optimizer.Step(net);")]
    [InlineData("world.ClipSharded(net, scaler); optimizer.Step(net);")]
    [InlineData("world.AverageGradients(net); optimizer.ClipAndStep(net);")]
    [InlineData("world.AverageGradients(net); {|CLIP115:net.ClipGradients()|}; optimizer.Step(net);")]
    [InlineData("world.AverageGradients(net); {|CLIP101:optimizer.Step(net)|};")]
    [InlineData("{|CLIP101:optimizer.Step(net)|};")]
    [InlineData("if (batch.Length > 3) world.ClipAndStep(optimizer, net); else {|CLIP101:optimizer.Step(net)|};")]
    [InlineData("{|CLIP114:net.ClipGradients()|}; world.ClipAndStep(optimizer, net);")]
    [InlineData("{|CLIP116:net.ClipGradients()|}; world.ClipAndStep(optimizer, net, scaler);")]
    public Task A_step_of_all_processes(string statements) =>
        AnalyzerHarness.VerifyAsync(Program.Replace("STATEMENTS", statements), [new TrainingLoopAnalyzer()]);

    [Theory]
    [InlineData("world.ClipSharded(net); optimizer.Step(net);")]
    [InlineData("world.ClipAndStep(optimizer, net);")]
    [InlineData("world.ClipAndStepSharded(optimizer, net);")]
    public Task The_model_counts_as_clipped(string statements) =>
        AnalyzerHarness.VerifyAsync(Program.Replace("STATEMENTS", statements), [new UnusedModelAnalyzer()]);

    [Fact]
    public Task A_model_that_is_only_averaged_does_not() => AnalyzerHarness.VerifyAsync(
        Program.Replace("STATEMENTS", "world.AverageGradients(net); optimizer.Step(net);")
            .Replace("partial class Net\n{", "partial class {|CLIP108:Net|}\n{"),
        [new UnusedModelAnalyzer()]);
}
