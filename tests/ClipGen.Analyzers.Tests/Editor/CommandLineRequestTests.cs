using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.Editor;

/// <summary>
/// The requests that <c>dotnet format</c> makes to a fix: an action for the first finding of any rule, then FixAll with the key of that
/// action or without a key.
/// </summary>
public sealed class CommandLineRequestTests
{
    private const string Program = """
        using ClipGen;
        using TorchSharp;
        using static TorchSharp.torch;

        [ClipGradNorm(1.0)]
        sealed partial class Net
        {
            readonly float[] _w = new float[8];
            readonly float[] _dW = new float[8];
            [Gradient] readonly float[] _dBias = new float[8];
        }

        class Trainer
        {
            void Train(nn.Module<Tensor, Tensor> model, Tensor input)
            {
                var optimizer = optim.SGD(model.parameters(), 0.1);
                for (int i = 0; i < 9; i++)
                {
                    optimizer.zero_grad();
                    model.call(input).mean().backward();
                    optimizer.step();
                }
            }
        }
        """;

    [Theory]
    [InlineData("CLIP007")]
    [InlineData("CLIP101")]
    public async Task No_action_is_offered_for_the_finding_of_another_rule(string id)
    {
        using var editor = new EditorProject(Program);
        Diagnostic finding = Assert.Single(await editor.UnderlinedAsync(), diagnostic => diagnostic.Id == id);

        Assert.NotEmpty(await editor.OfferedForAsync(finding));
        Assert.Empty(await editor.OfferedForAsync(finding, byFixesOfOtherRules: true));
    }

    [Theory]
    [InlineData("CLIP007", "[Gradient] readonly float[] _dW")]
    [InlineData("CLIP101", "clip_grad_norm_(model.parameters(), 1.0);\n            optimizer.step();")]
    public async Task All_is_fixed_without_a_key_by_what_is_offered_first(string id, string @fixed)
    {
        using var editor = new EditorProject(Program);

        await editor.FixAllAsync(id, key: null);

        Assert.Contains(@fixed, await editor.TextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(await editor.UnderlinedAsync(), diagnostic => diagnostic.Id == id);
    }
}
