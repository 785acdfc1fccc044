using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>The options of one compilation, as a project file sets them.</summary>
/// <param name="Name">What a failure calls them.</param>
/// <param name="Language">The version of C#.</param>
internal sealed record EmissionOptions(string Name, LanguageVersion Language = LanguageVersion.Latest)
{
    public NullableContextOptions Nullable { get; init; }

    public bool IsChecked { get; init; }

    public bool AllowsUnsafe { get; init; } = true;

    /// <summary>Documentation comments are checked, all warning waves are on, and so is the compiler's strict mode.</summary>
    public bool IsPedantic { get; init; }

    public OutputKind Output { get; init; } = OutputKind.DynamicallyLinkedLibrary;

    public string Assembly { get; init; } = "Model";

    public CSharpParseOptions ParseOptions => new CSharpParseOptions(
        Language, IsPedantic ? DocumentationMode.Diagnose : DocumentationMode.Parse)
        .WithFeatures(IsPedantic ? [new("strict", "true")] : []);

    public CSharpCompilationOptions CompilationOptions => new(
        Output,
        nullableContextOptions: Nullable,
        checkOverflow: IsChecked,
        allowUnsafe: AllowsUnsafe,
        warningLevel: IsPedantic ? 9999 : 4);
}

/// <summary>What the generator adds to a program: its files, and everything that the compiler then says and did not say before.</summary>
/// <param name="Errors">The errors of the program itself, without the generator.</param>
/// <param name="Added">The warnings and errors that the generated files cause, wherever they are reported.</param>
/// <param name="Reported">What the declaration analyzer reports.</param>
/// <param name="Files">The generated files by name.</param>
/// <param name="Exception">What the generator threw, if anything.</param>
internal sealed record EmissionTrial(
    ImmutableArray<Diagnostic> Errors,
    ImmutableArray<Diagnostic> Added,
    ImmutableArray<Diagnostic> Reported,
    ImmutableDictionary<string, string> Files,
    Exception? Exception)
{
    public static async Task<EmissionTrial> RunAsync(
        string source, EmissionOptions options, CancellationToken cancellation, params MetadataReference[] references)
    {
        CSharpParseOptions parseOptions = options.ParseOptions;
        CSharpCompilation program = CSharpCompilation.Create(
            options.Assembly,
            [CSharpSyntaxTree.ParseText(source, parseOptions, "Program.cs", cancellationToken: cancellation)],
            [.. GeneratorHarness.References, .. references],
            options.CompilationOptions);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: parseOptions)
            .RunGeneratorsAndUpdateCompilation(program, out Compilation whole, out ImmutableArray<Diagnostic> fromGenerator, cancellation);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();

        ImmutableArray<Diagnostic> before = program.GetDiagnostics(cancellation);
        HashSet<string> known = [.. before.Select(Identify)];
        CompilationWithAnalyzers analyzed = whole.WithAnalyzers([new DeclarationAnalyzer(), new UndeclaredGradientAnalyzer()], new AnalyzerOptions([]));
        return new EmissionTrial(
            [.. before.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)],
            [
                .. fromGenerator,
                .. whole.GetDiagnostics(cancellation)
                    .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !known.Contains(Identify(diagnostic))),
            ],
            [
                .. (await analyzed.GetAnalyzerDiagnosticsAsync(cancellation).ConfigureAwait(false))
                    .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start),
            ],
            result.GeneratedSources.IsDefault
                ? ImmutableDictionary<string, string>.Empty
                : result.GeneratedSources.ToImmutableDictionary(file => file.HintName, file => file.SourceText.ToString()),
            result.Exception);
    }

    /// <summary>A field that nobody used and that generated code reads is one that nobody assigns.</summary>
    private static string Identify(Diagnostic diagnostic) =>
        $"{(diagnostic.Id is "CS0169" or "CS0414" ? "CS0649" : diagnostic.Id)} {diagnostic.Location.SourceTree?.FilePath} {diagnostic.Location.SourceSpan}";
}
