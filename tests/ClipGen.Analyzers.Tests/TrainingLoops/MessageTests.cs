using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>What a warning tells its reader.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task Names_the_method_the_optimizer_and_the_line_of_the_backward_pass()
    {
        Diagnostic warning = await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(nn.Module<Tensor, Tensor> model, Tensor x)
                {
                    var adam = optim.Adam(model.parameters());
                    adam.zero_grad();
                    model.forward(x).backward();
                    adam.step();
                }
            }
            """);
        Assert.Equal(
            "'Train' steps 'adam' on the gradients of the backward pass in line 10, and nothing clips them in between. "
                + "Call torch.nn.utils.clip_grad_norm_(model.parameters(), …) before the step.",
            warning.GetMessage());
        Location backward = Assert.Single(warning.AdditionalLocations);
        Assert.Equal(9, backward.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public async Task Points_at_the_step_that_a_helper_hides()
    {
        Diagnostic warning = await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer(optim.Optimizer adam)
            {
                void Train(Tensor loss)
                {
                    loss.backward();
                    Apply(adam);
                }

                static void Apply(optim.Optimizer optimizer) => optimizer.step();
            }
            """);
        Assert.Contains("'adam'", warning.GetMessage(), StringComparison.Ordinal);
        Assert.Equal([7, 11], warning.AdditionalLocations.Select(location => location.GetLineSpan().StartLinePosition.Line));
    }

    [Fact]
    public async Task Says_that_a_clip_is_dropped()
    {
        Diagnostic warning = await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(Tensor loss, Tensor weight, optim.Optimizer adam)
                {
                    adam.zero_grad();
                    loss.backward();
                    weight.grad!.clamp(-1, 1);
                    adam.step();
                }
            }
            """);
        Assert.Contains("What line 10 computes is a new tensor that is dropped", warning.GetMessage(), StringComparison.Ordinal);
    }

    private static async Task<Diagnostic> OneOfAsync(string source)
    {
        var compilation = AnalyzerHarness.Compile(source, [.. AnalyzerHarness.Framework, AnalyzerHarness.TorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        ImmutableArray<Diagnostic> found = await AnalyzerHarness.AnalyzeAsync(compilation, [new TrainingLoopAnalyzer()]);
        return Assert.Single(found);
    }
}
