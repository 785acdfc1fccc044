using ClipGen.Analyzers.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Training loops with the published TorchSharp.</summary>
internal static class TorchTest
{
    private const string Usings = """
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        """;

    /// <summary>Verifies a whole file. The using directives are added.</summary>
    public static Task FileAsync(string source) => AnalyzerHarness.VerifyAsync(
        Usings + source, [new TrainingLoopAnalyzer()],
        references: [.. AnalyzerHarness.Framework, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGen]);

    /// <summary>Verifies statements between the backward pass and the step of a loop. The step is reported if they do not clip.</summary>
    public static Task BetweenAsync(string statements, bool clips, string members = "") => FileAsync(
        $$"""
        static class Trainer
        {
            public static void Train(nn.Module<Tensor, Tensor> model, nn.Module<Tensor, Tensor> other, optim.Optimizer optimizer,
                IEnumerable<Tensor> batches,
                Tensor mask, Dictionary<string, Tensor> masks, double lr, double decay)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    model.call(x).mean().backward();
                    {{statements}}
                    {{(clips ? "optimizer.step()" : "{|CLIP101:optimizer.step()|}")}};
                }
            }

            {{members}}
        }
        """);
}
