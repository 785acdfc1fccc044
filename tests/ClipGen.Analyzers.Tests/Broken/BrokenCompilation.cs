using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Tests.Broken;

/// <summary>Runs the generator and all analyzers over files, most of which do not compile.</summary>
internal static class BrokenCompilation
{
    private const string FailedGenerator = "CS8785";

    private const string FailedAnalyzer = "AD0001";

    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        .. typeof(DeclarationAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static readonly MetadataReference[] References =
    [
        .. AnalyzerHarness.Framework,
        AnalyzerHarness.ClipGen,
        AnalyzerHarness.ClipGenTorchSharp,
        AnalyzerHarness.RealTorchSharp,
        MetadataReference.CreateFromFile(typeof(System.Numerics.Tensors.Tensor).Assembly.Location),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Fails with the first file that makes the generator or an analyzer throw.</summary>
    /// <param name="files">The broken files.</param>
    /// <param name="others">Valid files that are compiled together with the broken ones.</param>
    public static async Task AssertNothingThrowsAsync(IReadOnlyList<string> files, params string[] others)
    {
        if (await FindExceptionAsync(files, others) is not { } found)
            return;
        foreach (string file in files)
        {
            if (await FindExceptionAsync([file], others) is { } alone)
                Assert.Fail($"{alone}\n{file}");
        }

        Assert.Fail($"{found}\nNo file does it on its own:\n{string.Join("\n// Next file.\n", files)}");
    }

    private static async Task<string?> FindExceptionAsync(IReadOnlyList<string> files, string[] others)
    {
        CSharpCompilation compilation =
            AnalyzerHarness.Compile(files.Concat(others).Select((file, index) => ($"File{index}.cs", file)), References);
        GeneratorDriver driver = CSharpGeneratorDriver
            .Create([new ClipGenerator().AsSourceGenerator()], parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported,
                Cancellation);
        if (driver.GetRunResult().Results.Single().Exception is { } exception)
            return exception.ToString();
        if (reported.FirstOrDefault(diagnostic => diagnostic.Id == FailedGenerator) is { } failed)
            return failed.ToString();

        // An editor may run the analyzers before the generator.
        return await FindAnalyzerExceptionAsync(generated) ?? await FindAnalyzerExceptionAsync(compilation);
    }

    private static async Task<string?> FindAnalyzerExceptionAsync(Compilation compilation)
    {
        ImmutableArray<Diagnostic> found =
            await compilation.WithAnalyzers(Analyzers, new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(Cancellation);
        return found.FirstOrDefault(diagnostic => diagnostic.Id == FailedAnalyzer) is { } failed
            ? $"{failed}\n{failed.Descriptor.Description}"
            : null;
    }
}
