using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;

namespace ClipGen.Analyzers.Tests.Editor;

/// <summary>Fixes in an editor: offered at the caret, applied to the document, and undone by typing the former text.</summary>
public sealed class EditorFixTests
{
    public static TheoryData<string, string, string, string> Mistakes() => new()
    {
        {
            "CLIP001", "Make 'Net' partial", "sealed partial class Net",
            """
            using ClipGen;
            [ClipGradNorm(1.0)]
            sealed class N$$et
            {
                [Gradient] readonly float[] _dW = new float[8];
            }

            """
        },
        {
            "CLIP007", "Mark '_dW' as [Gradient]", "[Gradient] readonly float[] _dW",
            """
            using ClipGen;
            [ClipGradNorm(1.0)]
            sealed partial class Net
            {
                readonly float[] _w = new float[8];
                readonly float[] $$_dW = new float[8];
                [Gradient] readonly float[] _dBias = new float[8];
            }

            """
        },
        {
            "CLIP007", "Leave '_dW' out with [ClipIgnore]", "[ClipIgnore] readonly float[] _dW",
            """
            using ClipGen;
            [ClipGradNorm(1.0)]
            sealed partial class Net
            {
                readonly float[] _w = new float[8];
                readonly float[] _dW$$ = new float[8];
                [Gradient] readonly float[] _dBias = new float[8];
            }

            """
        },
        {
            "CLIP101", "Clip the gradients to a norm of 1.0 before the step",
            """
                        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                        optimizer.step();
            """,
            Loop("optimizer.st$$ep();")
        },
        {
            "CLIP102", "Move the clip right before the step",
            """
                        nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                        optimizer.step();
            """,
            Loop("optimizer.step();", "nn.utils.$$clip_grad_norm_(model.parameters(), 1.0);")
        },
    };

    public static TheoryData<string> Sources() => [.. Mistakes().Select(mistake => mistake.Data.Item4).Distinct()];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_fix_is_offered_at_the_caret_applied_and_undone(string id, string title, string @fixed, string marked)
    {
        int caret = marked.IndexOf("$$", StringComparison.Ordinal);
        string source = marked.Remove(caret, 2);
        using var editor = new EditorProject(source);
        Assert.Contains(await editor.UnderlinedAsync(), diagnostic => diagnostic.Id == id);

        CodeAction action = Assert.Single(await editor.OfferedAtAsync(caret), action => action.Title == title);
        await editor.ApplyAsync(action);

        Assert.Contains(@fixed, await editor.TextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(await editor.UnderlinedAsync(), diagnostic => diagnostic.Id == id);
        Assert.Empty(await editor.ErrorsAsync());

        editor.Replace(source);

        Assert.Contains(await editor.UnderlinedAsync(), diagnostic => diagnostic.Id == id);
        Assert.Contains(await editor.OfferedAtAsync(caret), action => action.Title == title);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task No_fix_is_offered_elsewhere(string marked)
    {
        using var editor = new EditorProject(marked.Replace("$$", "", StringComparison.Ordinal));

        Assert.Empty(await editor.OfferedAtAsync(caret: 3));
    }

    [Fact]
    public async Task Generated_members_come_and_go_with_the_attribute()
    {
        const string Source = """
            using ClipGen;
            [ClipGradNorm(1.0)]
            partial class Net
            {
                [Gradient] readonly float[] _dW = new float[8];
                void Train() => ClipGradients();
            }

            """;
        using var editor = new EditorProject(Source);
        Assert.Empty(await editor.ErrorsAsync());

        editor.Replace(Source.Replace("[ClipGradNorm(1.0)]\n", "", StringComparison.Ordinal));
        Assert.Contains("ClipGradients", Assert.Single(await editor.ErrorsAsync()), StringComparison.Ordinal);

        editor.Replace(Source);
        Assert.Empty(await editor.ErrorsAsync());
    }

    // A training loop with statements after the backward pass.
    private static string Loop(params string[] statements) => $$"""
        using TorchSharp;
        using static TorchSharp.torch;

        class Trainer
        {
            void Train(nn.Module<Tensor, Tensor> model, Tensor input)
            {
                var optimizer = optim.SGD(model.parameters(), 0.1);
                for (int i = 0; i < 9; i++)
                {
                    optimizer.zero_grad();
                    model.call(input).mean().backward();
                    {{string.Join("\n            ", statements)}}
                }
            }
        }
        """;
}
