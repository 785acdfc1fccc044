using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Code for an old TorchSharp, in which <c>grad</c> was a method, does not bind today. Its clips by hand still count.</summary>
public sealed class UnboundGradientTests
{
    [Theory]
    [InlineData("p.grad().clamp_(-1, 1);", 0)]
    [InlineData("p.grad().mul_(limit / norm);", 0)]
    [InlineData("p.grad().norm();", 1)]
    [InlineData("p.weights().clamp_(-1, 1);", 1)]
    [InlineData("np.clip(outputs, -limit, limit);", 0)]
    [InlineData("np.clip(outputs, 1e-7, 1 - 1e-7);", 1)]
    public async Task Clip_by_hand_counts(string statement, int findings)
    {
        Compilation compilation = AnalyzerHarness.Compile(
            $$"""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(nn.Module model, optim.Optimizer optimizer, Tensor loss, double limit, double norm)
                {
                    loss.backward();
                    foreach (var p in model.parameters())
                    {
                        {{statement}}
                    }

                    optimizer.step();
                }
            }
            """,
            [.. AnalyzerHarness.Framework, AnalyzerHarness.TorchSharp]);
        Assert.Contains(compilation.GetDiagnostics(TestContext.Current.CancellationToken),
            error => error.Severity == DiagnosticSeverity.Error);

        Assert.Equal(findings,
            (await AnalyzerHarness.AnalyzeAsync(compilation, [new TrainingLoopAnalyzer()])).Count(found => found.Id == "CLIP101"));
    }
}
