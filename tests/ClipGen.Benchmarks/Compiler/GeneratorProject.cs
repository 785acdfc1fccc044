using System.Collections.Immutable;
using System.Diagnostics;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Benchmarks.Compiler;

/// <summary>A project in memory that uses one package. It has many annotated types, one in each file, and one unrelated file.</summary>
public sealed class GeneratorProject
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private readonly GeneratorPackage _package;
    private readonly SyntaxTree[] _files;

    // The compiler caches metadata of references as long as a compilation uses it. An editor always has one. Without this one, each garbage
    // collection would make the next run read all references again.
    private readonly CSharpCompilation _open;
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
        _open = Compile([]);
        _ = _open.GetSpecialType(SpecialType.System_Object);
    }

    /// <summary>The name of the package.</summary>
    public string Name => _package.Name;

    /// <summary>Asserts that code is generated for the types, and that it compiles.</summary>
    /// <exception cref="InvalidOperationException">The generators emitted no code, or code that does not compile.</exception>
    public void Check(CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile(_files);
        GeneratorDriverRunResult run = CreateDriver(trackSteps: false)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported,
                cancellation)
            .GetRunResult();
        if (run.Results.FirstOrDefault(result => result.Exception is not null) is { Exception: { } exception })
        {
            throw new InvalidOperationException($"{Name}: {exception}");
        }

        if (reported.Concat(generated.GetDiagnostics(cancellation))
            .FirstOrDefault(each => each.Severity == DiagnosticSeverity.Error) is { } error)
        {
            throw new InvalidOperationException($"{Name}: {error}");
        }

        int types = compilation.SyntaxTrees.Length - 1;
        if (run.GeneratedTrees.Length < types)
        {
            throw new InvalidOperationException($"{Name}: {run.GeneratedTrees.Length} files for "
            + $"{types} types.");
        }
    }

    /// <summary>Returns the number of files that the generators emit again after an edit of the unrelated file.</summary>
    public int CountEmittedAgain(CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile(_files);
        return CreateDriver(trackSteps: true)
            .RunGenerators(compilation, cancellation)
            .RunGenerators(Edit(compilation), cancellation)
            .GetRunResult().Results
            .SelectMany(result => result.TrackedOutputSteps)
            .SelectMany(step => step.Value)
            .SelectMany(run => run.Outputs)
            .Count(output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    /// <summary>Times a first run on a new compilation, and a second run after an edit of the unrelated file.</summary>
    public (TimeSpan Cold, TimeSpan Edit) Measure(CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile(_files);
        GeneratorDriver driver = CreateDriver(trackSteps: false);

        // Collects the garbage of other measurements before the timed part.
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

    private CSharpCompilation Compile(IEnumerable<SyntaxTree> files) => CSharpCompilation.Create(
        "Demo",
        files,
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
