using ClipGen.Analyzers.TrainingLoops;
using ClipGen.CodeFixes.Torch;
using ClipGen.CodeFixes.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>Fixes that insert one call for a clip and a step, so that CLIP115 is not reported after them.</summary>
public sealed class ClipAndStepFixTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using ClipGen;
        using ClipGen.Optimizers;
        using TorchSharp;
        using static TorchSharp.torch;

        """;

    // The second declaration replaces the generated one.
    private const string Nets = """

        [ClipGradNorm(1.0)]
        public partial class Net
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[4];
            private readonly float[] _dW = new float[4];
            public void Backward(float[] batch) { for (int i = 0; i < 4; i++) _dW[i] += batch[i] * _w[i]; }
        }

        partial class Net : IClippable, IGradientSource
        {
            public ClipResult ClipGradients() => default;
            public ClipResult ClipGradients(double limit) => default;
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
        }
        """;

    [Theory]
    [InlineData("optimizer.Step(net);", "optimizer.ClipAndStep(net);")]
    [InlineData("optimizer.Step(source: net); // last", "optimizer.ClipAndStep(net); // last")]
    [InlineData("maybe?.Step(net);", "maybe?.ClipAndStep(net);")]
    [InlineData("if (batch.Length > 0) optimizer.Step(net);", "if (batch.Length > 0) optimizer.ClipAndStep(net);")]
    public Task A_step_of_a_model_with_limits(string step, string call)
    {
        int end = step.IndexOf(");", StringComparison.Ordinal) + 1;
        int start = Math.Max(step.IndexOf("optimizer", StringComparison.Ordinal), step.IndexOf("maybe", StringComparison.Ordinal));
        string marked = step.Insert(end, "|}").Insert(start, "{|CLIP101:");
        return FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyWithAdapterAsync(ProgramOf(marked), ProgramOf(call));
    }

    [Theory]
    [InlineData("net.ClipGradients()", "optimizer.ClipAndStep(net)")]
    [InlineData("net.ClipGradients(0.5)", "optimizer.ClipAndStep(net, 0.5)")]
    [InlineData("net.ClipGradients(limit: 0.5)", "optimizer.ClipAndStep(net, limit: 0.5)")]
    public Task A_clip_and_a_step_of_a_model_with_limits(string clip, string call) =>
        FixTest<TrainingLoopAnalyzer, ClipAndStepCodeFix>.VerifyWithAdapterAsync(
            ProgramOf("{|CLIP115:" + clip + "|};\noptimizer.Step(net);"), ProgramOf(call + ";"));

    [Theory]
    [InlineData("_ = net.ClipGradients(); optimizer.Step(net);")]
    [InlineData("net.ClipGradients(); Console.WriteLine(); optimizer.Step(net);")]
    [InlineData("net.ClipGradients(); other.Backward(batch); optimizer.ClipAndStep(other);")]
    public Task A_clip_and_a_step_that_stay_two(string steps)
    {
        string source = ProgramOf(steps);
        return FixTest<TrainingLoopAnalyzer, ClipAndStepCodeFix>.VerifyWithAdapterAsync(source, source);
    }

    [Theory]
    [InlineData(
        """
        net.Backward(batch);
        // Once a step.
        optimizer.Step(net);
        {|CLIP102:net.ClipGradients()|}; // by the declared limit
        """,
        """
        net.Backward(batch);
        // by the declared limit
        // Once a step.
        optimizer.ClipAndStep(net);
        """)]
    [InlineData(
        """
        torchOptimizer.zero_grad();
        {|CLIP103:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
        model.call(x).mean().backward();
        torchOptimizer.step();
        """,
        """
        torchOptimizer.zero_grad();
        model.call(x).mean().backward();
        torchOptimizer.ClipAndStep(1.0);
        """)]
    [InlineData(
        """
        torchOptimizer.zero_grad();
        for (int i = 0; i < 4; i++)
        {
            model.call(x).mean().backward();
            {|CLIP105:TorchGradients.ClipNorm(model.parameters(), 1.0)|};
        }
        torchOptimizer.step();
        """,
        """
        torchOptimizer.zero_grad();
        for (int i = 0; i < 4; i++)
        {
            model.call(x).mean().backward();
        }
        torchOptimizer.ClipAndStep(1.0);
        """)]
    [InlineData(
        """
        torchOptimizer.zero_grad();
        {|CLIP103:TorchGradients.ClipValue(model.parameters(), 1.0)|};
        model.call(x).mean().backward();
        torchOptimizer.step();
        """,
        """
        torchOptimizer.zero_grad();
        model.call(x).mean().backward();
        TorchGradients.ClipValue(model.parameters(), 1.0);
        torchOptimizer.step();
        """)]
    public Task A_clip_that_moves_to_its_step(string steps, string moved) =>
        FixTest<TrainingLoopAnalyzer, MoveClipCodeFix>.VerifyWithAdapterAsync(LoopOf(steps), LoopOf(moved));

    private static string ProgramOf(string steps) => LoopOf("net.Backward(batch);\n" + steps);

    private static string LoopOf(string statements) => Usings + $$"""

        static class Trainer
        {
            static void Train(Net net, Net other, AdamW maybe, IEnumerable<float[]> batches, Tensor x)
            {
                var optimizer = new AdamW(1e-3);
                var model = nn.Linear(4, 1);
                var torchOptimizer = optim.SGD(model.parameters(), 0.1);
                foreach (var batch in batches)
                {
                    {{statements.Replace("\n", "\n            ")}}
                }
            }
        }
        """ + Nets;
}
