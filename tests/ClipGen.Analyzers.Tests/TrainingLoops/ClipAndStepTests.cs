using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>
/// Calls that clip and step count as a clip and a step. A clip before such a call is CLIP114. A separate clip and step that one call can
/// replace are CLIP115.
/// </summary>
public sealed class ClipAndStepTests
{
    private const string Usings = """
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        """;

    [Theory]
    [InlineData("optimizer.ClipAndStep(1.0);")]
    [InlineData("optimizer.ClipAndStep(1.0, zeroGradients: true);")]
    [InlineData("TorchOptimizers.ClipAndStep(optimizer, 1.0);")]
    [InlineData("optimizer.ClipAndStep(Kept.Limit);")]
    [InlineData("optimizer.ClipAndStep(Kept.Limit, new LossScaler());")]
    [InlineData("if (TorchGradients.ClipNorm(model, Kept.Limit).IsFinite) optimizer.step();")]
    [InlineData("""
        var result = optimizer.ClipAndStep(1.0, nonFinite: NonFinitePolicy.Leave);
        if (result.Skipped) continue;
        """)]
    public Task One_call_is_a_clip_and_a_step(string step) => TrainAsync("optimizer.zero_grad();", step);

    [Fact]
    public Task Zeroed_gradients_are_reset() => TrainAsync("", "optimizer.ClipAndStep(1.0, zeroGradients: true);");

    [Fact]
    public Task Gradients_that_are_not_zeroed_accumulate() => TrainAsync("", "{|CLIP107:optimizer.ClipAndStep(1.0)|};");

    [Fact]
    public Task A_plain_step_beside_it_is_not_clipped() => TrainAsync(
        "optimizer.zero_grad();", "if (epoch > 3) optimizer.ClipAndStep(1.0); else {|CLIP101:optimizer.step()|};");

    [Theory]
    [InlineData("{|CLIP114:TorchGradients.ClipNorm(model.parameters(), 1.0)|};")]
    [InlineData("{|CLIP114:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};")]
    public Task A_clip_before_it_is_reported(string clip) =>
        TrainAsync("optimizer.zero_grad();", clip + " optimizer.ClipAndStep(1.0);");

    [Theory]
    [InlineData("{|CLIP116:TorchGradients.ClipNorm(model.parameters(), 1.0)|};")]
    [InlineData("{|CLIP116:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};")]
    [InlineData("{|CLIP116:TorchGradients.ClipValue(model.parameters(), 1.0)|};")]
    public Task A_clip_before_the_loss_scale_is_divided_out(string clip) =>
        TrainAsync("var scaler = new LossScaler(); optimizer.zero_grad();", clip + " optimizer.ClipAndStep(1.0, scaler);");

    [Theory]
    [InlineData("optimizer.ClipAndStep(1.0, scaler);")]
    [InlineData("if (epoch > 3) TorchGradients.ClipNorm(model.parameters(), 1.0); optimizer.ClipAndStep(1.0, scaler);")]
    public Task A_clip_with_a_loss_scale(string step) => TrainAsync("var scaler = new LossScaler(); optimizer.zero_grad();", step);

    [Theory]
    [InlineData("if (!scaler.Clip(model.parameters(), 1.0).Skipped) optimizer.step();")]
    [InlineData("if (scaler.Clip(model, 1.0) is { Skipped: false }) optimizer.step();")]
    [InlineData("{|CLIP106:scaler.Clip(other.parameters(), 1.0)|}; optimizer.step();")]
    [InlineData("optimizer.step(); {|CLIP102:scaler.Clip(model.parameters(), 1.0)|};")]
    [InlineData("""
        {|CLIP116:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
        scaler.Clip(model, 1.0);
        optimizer.step();
        """)]
    public Task A_clip_that_divides_the_loss_scale_out(string steps) =>
        TrainAsync("var scaler = new LossScaler(); optimizer.zero_grad();", steps);

    [Theory]
    [InlineData("TorchGradients.ClipValue(model.parameters(), 1.0);")]
    [InlineData("if (epoch > 3) TorchGradients.ClipNorm(model.parameters(), 1.0);")]
    [InlineData("TorchGradients.ClipNorm(model.parameters().Take(1), 1.0);")]
    public Task Another_limit_before_it_is_meant(string clip) =>
        TrainAsync("optimizer.zero_grad();", clip + " optimizer.ClipAndStep(1.0);");

    [Theory]
    [InlineData("{|CLIP115:TorchGradients.ClipNorm(model.parameters(), 1.0)|}; optimizer.step();")]
    [InlineData("{|CLIP115:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}; optimizer.step();")]
    [InlineData("""
        {|CLIP115:nn.utils.clip_grad_norm_(model.parameters(), max_norm: 1.0, norm_type: 1)|};
        optimizer.step();
        """)]
    public Task A_clip_and_a_step_can_be_one_call(string steps) => TrainAsync("optimizer.zero_grad();", steps);

    [Theory]
    [InlineData("TorchGradients.ClipNorm(model.parameters(), 1.0); Console.WriteLine(); optimizer.step();")]
    [InlineData("var norm = TorchGradients.ClipNorm(model.parameters(), 1.0); optimizer.step();")]
    [InlineData("TorchGradients.ClipValue(model.parameters(), 1.0); optimizer.step();")]
    [InlineData("TorchGradients.ClipNorm(model.parameters(), 1.0, report: new ClipReport()); optimizer.step();")]
    [InlineData("if (epoch > 3) return; TorchGradients.ClipNorm(model.named_parameters(), 1.0); optimizer.step();")]
    public Task What_is_no_clip_of_all_right_before_the_step_stays(string steps) => TrainAsync("optimizer.zero_grad();", steps);

    [Theory]
    [InlineData("optim.SGD(model.parameters().Take(1), 0.1)")]
    [InlineData("Make(model)")]
    public Task An_optimizer_of_other_parameters_stays(string made) => TrainAsync(
        "optimizer.zero_grad();", "TorchGradients.ClipNorm(model.parameters(), 1.0); optimizer.step();", made);

    [Fact]
    public Task An_optimizer_of_two_networks_stays() => TrainAsync(
        "optimizer.zero_grad();",
        "{|CLIP106:TorchGradients.ClipNorm(model.parameters(), 1.0)|}; optimizer.step();",
        "optim.SGD(model.parameters().Concat(other.parameters()), 0.1)");

    [Fact]
    public Task Without_the_package_there_is_no_such_call() => VerifyAsync(
        Program("optimizer.zero_grad();", "nn.utils.clip_grad_norm_(model.parameters(), 1.0); optimizer.step();"), hasPackage: false);

    [Theory]
    [InlineData("net")]
    [InlineData("net, 0.5")]
    [InlineData("net, limit")]
    public Task Optimizers_of_arrays_step_and_clip(string arguments) => VerifyAsync(
        $$"""
        using ClipGen.Optimizers;

        [ClipGradNorm(1.0)]
        public partial class Net
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[4];
            private readonly float[] _dW = new float[4];
            public void Backward(float[] batch) { for (int i = 0; i < 4; i++) _dW[i] += batch[i] * _w[i]; }
        }

        static class Trainer
        {
            static void Train(Net net, IEnumerable<float[]> batches)
            {
                var optimizer = new ClipGen.Optimizers.AdamW(1e-3);
                var limit = new AutoClipLimit(10);
                foreach (var batch in batches)
                {
                    net.Backward(batch);
                    optimizer.ClipAndStep({{arguments}});
                }
            }

            static void Forget(Net net, IEnumerable<float[]> batches)
            {
                var optimizer = new ClipGen.Optimizers.AdamW(1e-3);
                foreach (var batch in batches)
                {
                    net.Backward(batch);
                    {|CLIP101:optimizer.Step(net)|};
                }
            }
        }
        """,
        generates: true);

    private static Task TrainAsync(string reset, string steps, string made = "optim.SGD(model.parameters(), 0.1)") =>
        VerifyAsync(Program(reset, steps, made));

    private static string Program(string reset, string steps, string made = "optim.SGD(model.parameters(), 0.1)") =>
        $$"""
        static class Kept
        {
            public static readonly AutoClipLimit Limit = new(10);
        }

        static class Trainer
        {
            static void Train(IEnumerable<Tensor> batches, Func<Linear, optim.Optimizer> Make, int epoch)
            {
                var model = nn.Linear(4, 1);
                var other = nn.Linear(4, 1);
                var optimizer = {{made}};
                foreach (var x in batches)
                {
                    {{reset}}
                    model.call(x).mean().backward();
                    {{steps}}
                }
            }
        }
        """;

    private static async Task VerifyAsync(string source, bool hasPackage = true, bool generates = false)
    {
        MetadataReference[] references =
        [
            .. AnalyzerHarness.Framework,
            AnalyzerHarness.RealTorchSharp,
            AnalyzerHarness.ClipGen,
            .. hasPackage ? [AnalyzerHarness.ClipGenTorchSharp] : Array.Empty<MetadataReference>(),
        ];
        DiagnosticAnalyzer[] analyzers = [new TrainingLoopAnalyzer()];
        string members = generates ? GeneratedParts : "";
        await AnalyzerHarness.VerifyAsync(Usings + source + members, [.. analyzers], references: references);
    }

    // The generated members of the model that the calls need.
    private const string GeneratedParts = """

        partial class Net : IClippable, IGradientSource
        {
            public ClipResult ClipGradients() => default;
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
        }
        """;
}
