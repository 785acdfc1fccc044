using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Benchmarks.Compiler;

/// <summary>
/// A large project in memory, compiled with and without ClipGen's analyzers on one thread, so that times are processor times.
/// </summary>
public sealed class AnalyzerProject
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private readonly string[] _files;
    private readonly ImmutableArray<MetadataReference> _references;
    private readonly ImmutableArray<Type> _analyzers;

    // Keeps the metadata that the compiler read from the references, as a compiler server does.
    private readonly CSharpCompilation _open;

    /// <summary>A project of <paramref name="files"/> files.</summary>
    /// <param name="name">The name in the table.</param>
    /// <param name="files">The number of files.</param>
    /// <param name="libraries">The references of the project besides the framework.</param>
    public AnalyzerProject(string name, int files, params string[] libraries)
    {
        Name = name;
        _files = [.. Enumerable.Range(0, files)
            .Select(number => AnalyzerSources.File(number,
                libraries.Any(library => library.EndsWith("TorchSharp.dll", StringComparison.Ordinal))))];
        _references = [.. Net100.References.All, .. libraries.Select(library => MetadataReference.CreateFromFile(library))];
        _analyzers = [.. GeneratorPackage.LoadTypes("ClipGen", "ClipGen.Analyzers.dll")
            .Where(type => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null)];
        _open = Compile([]);
        _ = _open.GetSpecialType(SpecialType.System_Object);
    }

    /// <summary>The name of the project.</summary>
    public string Name { get; }

    /// <summary>Asserts that the project compiles, and that the analyzers find nothing wrong and do not fail.</summary>
    /// <exception cref="InvalidOperationException">A diagnostic is reported.</exception>
    public void Check(CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile(Parse());
        ImmutableArray<Diagnostic> found = Attach(compilation, Instantiate()).GetAllDiagnosticsAsync(cancellation).GetAwaiter().GetResult();
        if (found.FirstOrDefault(each =>
            each.Severity == DiagnosticSeverity.Error || each.Id is "AD0001"
                || each.Id.StartsWith("CLIP", StringComparison.Ordinal)) is { } wrong)
        {
            throw new InvalidOperationException($"{Name}: {wrong}");
        }
    }

    /// <summary>Times a compilation from text to assembly, and runs of analyzers over it.</summary>
    public AnalyzerTimes Measure(CancellationToken cancellation)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        using (var assembly = new MemoryStream())
        {
            if (!Compile(Parse())
                .Emit(assembly, cancellationToken: cancellation).Success)
            {
                throw new InvalidOperationException($"{Name} does not compile.");
            }
        }

        TimeSpan compile = Stopwatch.GetElapsedTime(start);
        TimeSpan others = Analyze([new IdleAnalyzer()], cancellation).Total;
        (TimeSpan all, TimeSpan own) = Analyze([new IdleAnalyzer(), .. Instantiate()], cancellation);
        return new(compile, others, all, own);
    }

    private (TimeSpan Total, TimeSpan Own) Analyze(ImmutableArray<DiagnosticAnalyzer> analyzers, CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile(Parse());

        // The compiler binds all declarations in any case. Without this call, the first analyzer that requests one would be charged for it.
        compilation.GetDeclarationDiagnostics(cancellation);
        CompilationWithAnalyzers run = Attach(compilation, analyzers);
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        run.GetAnalyzerDiagnosticsAsync(cancellation).GetAwaiter().GetResult();
        TimeSpan total = Stopwatch.GetElapsedTime(start);
        TimeSpan own = TimeSpan.Zero;
        foreach (DiagnosticAnalyzer analyzer in analyzers.Where(analyzer => analyzer is not IdleAnalyzer))
            own += run.GetAnalyzerTelemetryInfoAsync(analyzer, cancellation).GetAwaiter().GetResult().ExecutionTime;
        return (total, own);
    }

    private ImmutableArray<DiagnosticAnalyzer> Instantiate() =>
        [.. _analyzers.Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    private static CompilationWithAnalyzers Attach(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        compilation.WithAnalyzers(
        analyzers,
        new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false,
            logAnalyzerExecutionTime: true));

    // The compiler caches data by syntax tree, so each run gets new trees.
    private IEnumerable<SyntaxTree> Parse() =>
        _files.Select((text, number) => CSharpSyntaxTree.ParseText(text, ParseOptions, $"File{number}.cs"));

    private CSharpCompilation Compile(IEnumerable<SyntaxTree> files) => CSharpCompilation.Create(
        "Demo",
        files,
        _references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false,
            nullableContextOptions: NullableContextOptions.Enable));
}

/// <summary>The times of one round.</summary>
/// <param name="Compile">Parsing, binding and emitting, without any analyzer.</param>
/// <param name="Others">Binding, with an analyzer that makes the compiler create operations.</param>
/// <param name="All">The same with ClipGen's analyzers.</param>
/// <param name="Own">The time in the code of ClipGen's analyzers, as <c>ReportAnalyzer</c> reports it.</param>
public readonly record struct AnalyzerTimes(TimeSpan Compile, TimeSpan Others, TimeSpan All, TimeSpan Own);
