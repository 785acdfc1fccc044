using System.Collections.Immutable;
using System.Diagnostics;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Benchmarks.Compiler;

/// <summary>A project in memory that uses one package: many annotated types, a file each, and one file that has nothing to do with them.</summary>
public sealed class GeneratorProject
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private readonly GeneratorPackage _package;
    private readonly SyntaxTree[] _files;
    private int _version;

    /// <summary>A project of <paramref name="types"/> annotated types.</summary>
    public GeneratorProject(GeneratorPackage package, int types)
    {
        _package = package;
        _files =
        [
            Parse(AnnotatedTypes.Unrelated(0), "Unrelated.cs"),
            .. Enumerable.Range(0, types).Select(number => Parse(package.WriteType(number), $"Type{number}.cs")),
        ];
    }

    /// <summary>The name of the package.</summary>
    public string Name => _package.Name;

    /// <summary>Asserts that every type gets its code, that this code compiles, and whether an edit elsewhere makes anything be emitted again.</summary>
    /// <returns>The number of files that were emitted again.</returns>
    /// <exception cref="InvalidOperationException">The generators did not do their work.</exception>
    public int Check(CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile();
        GeneratorDriver driver = CreateDriver(trackSteps: true)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported, cancellation);
        GeneratorDriverRunResult first = driver.GetRunResult();
        if (first.Results.FirstOrDefault(result => result.Exception is not null) is { Exception: { } exception }) throw new InvalidOperationException($"{Name}: {exception}");

        Diagnostic? error = reported.Concat(generated.GetDiagnostics(cancellation)).FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        if (error is not null) throw new InvalidOperationException($"{Name}: {error}");

        if (first.GeneratedTrees.Length < _files.Length - 1) throw new InvalidOperationException($"{Name}: {first.GeneratedTrees.Length} files for {_files.Length - 1} types.");

        return driver.RunGenerators(Edit(compilation), cancellation).GetRunResult().Results
            .SelectMany(result => result.TrackedOutputSteps)
            .SelectMany(step => step.Value)
            .SelectMany(run => run.Outputs)
            .Count(output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    /// <summary>Times a first run over a compilation that nothing has looked at, and a second one after an edit of the unrelated file.</summary>
    public (TimeSpan Cold, TimeSpan Edit) Measure(CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile();
        GeneratorDriver driver = CreateDriver(trackSteps: false);

        // What others left behind must not be collected on this one's time.
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(compilation, cancellation);
        TimeSpan cold = Stopwatch.GetElapsedTime(start);

        compilation = Edit(compilation);
        GC.Collect();
        start = Stopwatch.GetTimestamp();
        driver.RunGenerators(compilation, cancellation);
        return (cold, Stopwatch.GetElapsedTime(start));
    }

    private CSharpCompilation Compile() => CSharpCompilation.Create(
        "Demo",
        _files,
        [.. Net100.References.All, _package.Library],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private CSharpCompilation Edit(CSharpCompilation compilation) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], Parse(AnnotatedTypes.Unrelated(++_version), "Unrelated.cs"));

    private CSharpGeneratorDriver CreateDriver(bool trackSteps) => CSharpGeneratorDriver.Create(
        _package.Instantiate(),
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackSteps));

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);
}
