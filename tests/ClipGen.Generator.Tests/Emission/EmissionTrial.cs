using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>The effect of the generator on a program: its files, and the diagnostics of the compiler that they cause.</summary>
/// <param name="Program">The program without generated files.</param>
/// <param name="OwnErrors">The errors of that program, computed once because they take as long as a compilation.</param>
/// <param name="Added">The warnings and errors that the generated files cause, wherever they are reported.</param>
/// <param name="Reported">The diagnostics of the declaration analyzers.</param>
/// <param name="Files">The generated files by name.</param>
/// <param name="Exception">The exception of the generator, or null.</param>
internal sealed record EmissionTrial(
    CSharpCompilation Program,
    ImmutableArray<Diagnostic> OwnErrors,
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

        ImmutableArray<Diagnostic> own = program.GetDiagnostics(cancellation);
        HashSet<string> known = [.. own.Select(Identify)];
        CompilationWithAnalyzers analyzed =
            whole.WithAnalyzers([new DeclarationAnalyzer(), new UndeclaredGradientAnalyzer()], new AnalyzerOptions([]));
        ImmutableArray<Diagnostic> reported = await analyzed.GetAnalyzerDiagnosticsAsync(cancellation);
        return new EmissionTrial(
            program,
            [.. own.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)],
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

    // An unused field becomes a field that is never assigned when generated code reads it, and the compiler reports the latter instead.
    private static string Identify(Diagnostic diagnostic) =>
        $"{(diagnostic.Id is "CS0169" or "CS0414" ? "CS0649" : diagnostic.Id)} {diagnostic.Location.SourceTree?.FilePath} "
        + $"{diagnostic.Location.SourceSpan}";
}
