using System.Collections.Immutable;
using System.Globalization;
using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Declarations;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>
/// Checks CLIP007 and CLIP016 as a build does: generator first, then the analyzer over what came out. Expected members are marked in the
/// source, <c>{|CLIP007:_dW|}</c>. The source must compile, so that no test is silent for another reason.
/// </summary>
internal static class UndeclaredGradientVerifier
{
    /// <summary>A model, so that ClipGen has work in the compilation, and a source that it holds.</summary>
    public const string Model =
        """
        [ClipGradNorm(1)] public partial class Net { [Gradient] float[] _dV = new float[1]; Linear _linear = new(); }
        public partial class Linear { [Gradient] protected float[] _gradient = new float[1]; }

        """;

    public static readonly MetadataReference Runtime = MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location);

    private const string SystemUsings = "using System; using System.Collections.Generic; using System.Linq;";

    public static Task<IReadOnlyList<string>> VerifyAsync(params string[] markedSources) => VerifyAsync([Runtime], markedSources);

    public static Task<IReadOnlyList<string>> VerifyAsync(IReadOnlyList<MetadataReference> references, params string[] markedSources) =>
        VerifyFilesAsync(references, references.Contains(Runtime) ? SystemUsings + " using ClipGen;\n" : SystemUsings + "\n",
            markedSources);

    /// <summary>The messages, in the order of the source, after checking that they stand where the source says.</summary>
    public static async Task<IReadOnlyList<string>> VerifyFilesAsync(
        IReadOnlyList<MetadataReference> references, string usings, IReadOnlyList<string> markedSources)
    {
        Assert.NotEmpty(markedSources);
        var expected = new List<(string, int, int, string)>();
        var trees = new List<SyntaxTree>();
        var parseOptions = new CSharpParseOptions(LanguageVersion.Latest);
        for (int i = 0; i < markedSources.Count; i++)
        {
            TestFileMarkupParser.GetSpans(markedSources[i], out string source,
                out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
            string path = $"Source{i}.cs";
            trees.Add(CSharpSyntaxTree.ParseText(usings + source, parseOptions, path));
            Assert.All(spans.Keys, key => Assert.True(key is "CLIP007" or "CLIP016", key));
            expected.AddRange(
                spans.SelectMany(pair => pair.Value.Select(span => (path, span.Start + usings.Length, span.Length, pair.Key))));
        }

        CancellationToken cancellation = TestContext.Current.CancellationToken;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Program",
            trees,
            [.. Net100.References.All, .. references],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        CSharpGeneratorDriver.Create(new ClipGenerator())
            .WithUpdatedParseOptions(parseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> fromGenerator,
                cancellation);
        Assert.Empty(fromGenerator);
        string[] errors = [.. generated.GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => d.ToString())];
        Assert.True(errors.Length == 0, string.Join("\n", errors));

        // Analyzers must find the same whether the generator ran or not: an editor may ask before it did.
        ImmutableArray<Diagnostic> reported = await AnalyzeAsync(generated, cancellation);
        Assert.Equal(Positions(reported), Positions(await AnalyzeAsync(compilation, cancellation)));
        Assert.Equal(expected.Order(), Positions(reported));
        return
        [
            .. reported.OrderBy(d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)
                .Select(d => d.GetMessage(CultureInfo.InvariantCulture)),
        ];
    }

    private static Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Compilation compilation, CancellationToken cancellation) =>
        compilation.WithAnalyzers([new UndeclaredGradientAnalyzer()], new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(cancellation);

    private static IEnumerable<(string, int, int, string)> Positions(ImmutableArray<Diagnostic> reported) =>
        reported.Select(d => (d.Location.SourceTree!.FilePath, d.Location.SourceSpan.Start, d.Location.SourceSpan.Length, d.Id)).Order();
}
