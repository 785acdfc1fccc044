using System.Collections.Immutable;
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
/// Checks declaration rules as a build does: generator first, then the analyzer over what came out. Expected diagnostics are marked in the
/// source, <c>{|CLIP003:…|}</c>. What the generator emitted must compile, whatever was declared.
/// </summary>
internal static class DeclarationVerifier
{
    private static readonly ImmutableArray<MetadataReference> References =
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location)];

    public static Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, LanguageVersion languageVersion) =>
        VerifyAsync(markedSource, languageVersion, []);

    public static Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, params MetadataReference[] others) =>
        VerifyAsync(markedSource, LanguageVersion.Latest, others);

    private static async Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, LanguageVersion languageVersion, MetadataReference[] others)
    {
        TestFileMarkupParser.GetSpans(markedSource, out string source, out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
        var parseOptions = new CSharpParseOptions(languageVersion);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Model",
            [CSharpSyntaxTree.ParseText("using System; using System.Collections.Generic; using ClipGen;\n" + source, parseOptions, "Model.cs")],
            [.. References, .. others],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: languageVersion >= LanguageVersion.CSharp8 ? NullableContextOptions.Enable : NullableContextOptions.Disable, allowUnsafe: true));
        int offset = compilation.SyntaxTrees[0].ToString().Length - source.Length;

        CancellationToken cancellation = TestContext.Current.CancellationToken;
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new ClipGenerator())
            .WithUpdatedParseOptions(parseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> fromGenerator, cancellation);
        Assert.Empty(fromGenerator);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);

        string[] errors =
        [
            .. generated.GetDiagnostics(cancellation)
                .Where(d => d.Severity == DiagnosticSeverity.Error && d.Location.SourceTree?.FilePath != "Model.cs")
                .Select(d => d.ToString()),
        ];
        Assert.True(errors.Length == 0, string.Join("\n", errors));

        ImmutableArray<Diagnostic> reported = await generated
            .WithAnalyzers([new DeclarationAnalyzer()], new AnalyzerOptions([]))
            .GetAnalyzerDiagnosticsAsync(cancellation);
        Assert.Equal(
            spans.SelectMany(pair => pair.Value.Select(span => (span.Start + offset, span.Length, pair.Key))).Order(),
            reported.Select(d => (d.Location.SourceSpan.Start, d.Location.SourceSpan.Length, d.Id)).Order());

        // An error keeps the code away; a warning does not.
        bool hasErrors = reported.Any(d => d.Severity == DiagnosticSeverity.Error);
        Assert.True(hasErrors || driver.GetRunResult().GeneratedTrees.Length > 0 || reported.Length > 0 || !source.Contains("Clip", StringComparison.Ordinal));
        return [.. reported.OrderBy(d => d.Location.SourceSpan.Start)];
    }
}
