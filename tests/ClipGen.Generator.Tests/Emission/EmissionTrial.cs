using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>What the generator adds to a program: its files, and everything that the compiler then says and did not say before.</summary>
/// <param name="Program">The program without what is generated.</param>
/// <param name="Added">The warnings and errors that the generated files cause, wherever they are reported.</param>
/// <param name="Reported">What the declaration analyzers report.</param>
/// <param name="Files">The generated files by name.</param>
/// <param name="Exception">What the generator threw, if anything.</param>
internal sealed record EmissionTrial(
    CSharpCompilation Program,
    ImmutableArray<Diagnostic> Added,
    ImmutableArray<Diagnostic> Reported,
    ImmutableDictionary<string, string> Files,
    Exception? Exception)
{
    public static async Task<EmissionTrial> RunAsync(
        string source, EmissionOptions options, CancellationToken cancellation, IEnumerable<MetadataReference>? references = null)
    {
        CSharpParseOptions parseOptions = options.ParseOptions;
        CSharpCompilation program = CSharpCompilation.Create(
            "Model",
            [CSharpSyntaxTree.ParseText(source, parseOptions, "Program.cs", cancellationToken: cancellation)],
            references ?? GeneratorHarness.References,
            options.CompilationOptions);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: parseOptions)
            .RunGeneratorsAndUpdateCompilation(program, out Compilation whole, out ImmutableArray<Diagnostic> fromGenerator, cancellation);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();

        HashSet<string> known = [.. program.GetDiagnostics(cancellation).Select(Identify)];
        CompilationWithAnalyzers analyzed =
            whole.WithAnalyzers([new DeclarationAnalyzer(), new UndeclaredGradientAnalyzer()], new AnalyzerOptions([]));
        ImmutableArray<Diagnostic> reported = await analyzed.GetAnalyzerDiagnosticsAsync(cancellation);
        return new EmissionTrial(
            program,
            [
                .. fromGenerator,
                .. whole.GetDiagnostics(cancellation)
                    .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !known.Contains(Identify(diagnostic))),
            ],
            [.. reported.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)],
            result.GeneratedSources.IsDefault
                ? ImmutableDictionary<string, string>.Empty
                : result.GeneratedSources.ToImmutableDictionary(file => file.HintName, file => file.SourceText.ToString()),
            result.Exception);
    }

    // A field that nobody uses becomes one that nobody assigns once generated code reads it: the compiler says the one instead of the
    // other.
    private static string Identify(Diagnostic diagnostic) =>
        $"{(diagnostic.Id is "CS0169" or "CS0414" ? "CS0649" : diagnostic.Id)} {diagnostic.Location.SourceTree?.FilePath} "
        + $"{diagnostic.Location.SourceSpan}";
}
