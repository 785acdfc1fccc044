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
/// source, <c>{|CLIP003:…|}</c>, and so are the errors of the compiler, <c>{|CS0246:…|}</c>: a program that does not compile for another
/// reason than the test says shows nothing. What the generator emitted compiles without a warning, whatever was declared.
/// </summary>
internal static class DeclarationVerifier
{
    private static readonly ImmutableArray<MetadataReference> References =
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location)];

    public static Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, LanguageVersion languageVersion) =>
        VerifyAsync(markedSource, languageVersion, []);

    public static Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, params MetadataReference[] others) =>
        VerifyAsync(markedSource, LanguageVersion.Latest, others);

    private static async Task<IReadOnlyList<Diagnostic>> VerifyAsync(
        string markedSource, LanguageVersion languageVersion, MetadataReference[] others)
    {
        TestFileMarkupParser.GetSpans(markedSource, out string source, out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
        var parseOptions = new CSharpParseOptions(languageVersion);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Model",
            [CSharpSyntaxTree.ParseText("using System; using System.Collections.Generic; using ClipGen;\n" + source, parseOptions,
                "Model.cs")],
            [.. References, .. others],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: languageVersion >= LanguageVersion.CSharp8
                    ? NullableContextOptions.Enable
                    : NullableContextOptions.Disable, allowUnsafe: true));
        int offset = compilation.SyntaxTrees[0].ToString().Length - source.Length;

        CancellationToken cancellation = TestContext.Current.CancellationToken;
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new ClipGenerator())
            .WithUpdatedParseOptions(parseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> fromGenerator,
                cancellation);
        Assert.Empty(fromGenerator);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);

        ImmutableArray<Diagnostic> compiled = generated.GetDiagnostics(cancellation);
        Diagnostic[] inOutput =
        [
            .. compiled.Where(
                d => d.Severity >= DiagnosticSeverity.Warning && d.Location.SourceTree is { } tree && tree != compilation.SyntaxTrees[0]),
        ];
        Assert.True(inOutput.Length == 0,
            string.Join("\n", inOutput.AsEnumerable()) + "\n" + string.Join("\n", driver.GetRunResult().GeneratedTrees));
        ImmutableArray<Diagnostic> reported = await generated
            .WithAnalyzers([new DeclarationAnalyzer(), new SteppedGradientAnalyzer(), new AdaptiveClipAnalyzer()], new AnalyzerOptions([]))
            .GetAnalyzerDiagnosticsAsync(cancellation);
        Diagnostic[] found = [.. compiled.Where(d => d.Severity == DiagnosticSeverity.Error), .. reported];
        Assert.True(
            spans.SelectMany(pair => pair.Value.Select(span => (span.Start + offset, span.Length, pair.Key))).Order()
                .SequenceEqual(found.Select(d => (d.Location.SourceSpan.Start, d.Location.SourceSpan.Length, d.Id)).Order()),
            $"Not what is marked is found, but this:\n{string.Join("\n", found.AsEnumerable())}\n{markedSource}");

        // An error keeps the code away; a warning does not.
        bool hasErrors = found.Any(d => d.Severity == DiagnosticSeverity.Error);
        Assert.True(hasErrors || driver.GetRunResult().GeneratedTrees.Length > 0 || !source.Contains("ClipGrad", StringComparison.Ordinal),
            "Nothing was generated.");
        return [.. reported.OrderBy(d => d.Location.SourceSpan.Start)];
    }
}
