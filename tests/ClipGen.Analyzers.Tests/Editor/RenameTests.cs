using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Rename;

namespace ClipGen.Analyzers.Tests.Editor;

/// <summary>Renaming a gradient in an editor changes the names that refer to it, and the generated code.</summary>
public sealed class RenameTests
{
    private const string Source = """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[512];
            private readonly float[] _dW = new float[512];
            [Gradient] private readonly float[] _dBias = new float[512];
            private readonly Linear _layer = new();

            public void Backward() => _dW[0] += _w[0];

            public double Clip() => ClipGradients().TotalNorm;
        }

        public sealed partial class Linear
        {
            [Gradient] public readonly float[] Grad = new float[512];
        }
        """;

    [Theory]
    [InlineData("Net", "_dW", "_weightGradient")]
    [InlineData("Net", "_dBias", "_biasGradient")]
    [InlineData("Net", "_layer", "_head")]
    [InlineData("Linear", "Grad", "Gradients")]
    public async Task What_names_a_member_follows_it(string type, string member, string name)
    {
        using var editor = new EditorProject(Source);
        string before = await editor.GeneratedAsync();
        Compilation compilation = (await editor.Document.Project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        ISymbol symbol = compilation.GetTypeByMetadataName(type)!.GetMembers(member).Single();

        editor.Apply(await Renamer.RenameSymbolAsync(
            editor.Document.Project.Solution, symbol, new SymbolRenameOptions(), name, TestContext.Current.CancellationToken));

        Assert.Equal(Renamed(Source, member, name), await editor.TextAsync());
        Assert.Equal(
            WithoutFingerprint(Renamed(before, member, name)), WithoutFingerprint(WithoutPadding(await editor.GeneratedAsync())));
        Assert.Empty(await editor.ErrorsAsync());
        Assert.DoesNotContain(await editor.UnderlinedAsync(), diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

        // The fingerprint is a hash of the names of the gradients.
        static string WithoutFingerprint(string text) =>
            System.Text.RegularExpressions.Regex.Replace(text, "(?<=GradientFingerprint => \")[0-9a-f]+", "");

        static string Renamed(string text, string member, string name) =>
            WithoutPadding(System.Text.RegularExpressions.Regex.Replace(text, $@"(?<!\w){member}(?!\w)", name));
    }

    [Fact]
    public async Task Renaming_the_model_moves_what_is_generated()
    {
        using var editor = new EditorProject(Source);
        Compilation compilation = (await editor.Document.Project.GetCompilationAsync(TestContext.Current.CancellationToken))!;

        editor.Apply(await Renamer.RenameSymbolAsync(
            editor.Document.Project.Solution, compilation.GetTypeByMetadataName("Net")!, new SymbolRenameOptions(), "Network",
            TestContext.Current.CancellationToken));

        Assert.Contains("partial class Network :", await editor.GeneratedAsync(), StringComparison.Ordinal);
        Assert.Empty(await editor.ErrorsAsync());
    }

    // The header of a generated file is aligned in columns.
    private static string WithoutPadding(string text) => System.Text.RegularExpressions.Regex.Replace(text, "(?<=//.*)  +", "  ");
}
