using System.Collections.Immutable;
using System.Reflection;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Compiles the program of a shape, with an analyzer that does nothing and with ClipGen's.</summary>
internal sealed class StressProject
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using ClipGen;
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace Stress;


        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private readonly ImmutableArray<MetadataReference> _references;
    private readonly Type[] _analyzers;
    private readonly Type[] _generators;

    public StressProject()
    {
        _references =
        [
            .. Net100.References.All,
            MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location),
            MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
        ];
        _analyzers = Concrete<DiagnosticAnalyzerAttribute>("ClipGen.Analyzers.dll");
        _generators = Concrete<GeneratorAttribute>("ClipGen.Generator.dll");
    }

    /// <summary>The program of a shape, with generated code.</summary>
    /// <exception cref="InvalidOperationException">The program does not compile.</exception>
    public StressProgram Prepare(StressShape shape, int size, CancellationToken cancellation)
    {
        string text = Usings + shape.Write(size);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            _generators.Select(type => ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator()),
            parseOptions: ParseOptions);
        CSharpCompilation compilation = Compile([Parse(text)]);
        ImmutableArray<Diagnostic> errors = compilation.GetDeclarationDiagnostics(cancellation);
        TimeSpan start = Environment.CpuUsage.TotalTime;
        driver = driver.RunGenerators(compilation, cancellation);
        TimeSpan time = Environment.CpuUsage.TotalTime - start;
        string[] generated = [.. driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())];
        return new([text, .. generated], time);
    }

    /// <summary>The errors of the program.</summary>
    public IEnumerable<Diagnostic> FindErrors(StressProgram program, CancellationToken cancellation) =>
        Compile(program.Files.Select(Parse)).GetDiagnostics(cancellation).Where(found => found.Severity == DiagnosticSeverity.Error);

    /// <summary>Times the analyzers and, if <paramref name="withClipGen"/> is not set, the one that does nothing alone.</summary>
    public StressRun Analyze(StressProgram program, bool withClipGen, CancellationToken cancellation)
    {
        CSharpCompilation compilation = Compile(program.Files.Select(Parse));
        compilation.GetDeclarationDiagnostics(cancellation);
        ImmutableArray<DiagnosticAnalyzer> analyzers =
        [
            new IdleAnalyzer(), .. withClipGen ? _analyzers.Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!) : [],
        ];
        CompilationWithAnalyzers run = compilation.WithAnalyzers(
            analyzers,
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false,
                logAnalyzerExecutionTime: true));
        GC.Collect();
        TimeSpan start = Environment.CpuUsage.TotalTime;
        ImmutableArray<Diagnostic> found = run.GetAnalyzerDiagnosticsAsync(cancellation).GetAwaiter().GetResult();
        TimeSpan time = Environment.CpuUsage.TotalTime - start;
        if (found.FirstOrDefault(each => each.Id == "AD0001") is { } failure) throw new InvalidOperationException($"{failure}");

        Dictionary<string, TimeSpan> times = analyzers.ToDictionary(
            analyzer => analyzer.GetType().Name,
            analyzer => run.GetAnalyzerTelemetryInfoAsync(analyzer, cancellation).GetAwaiter().GetResult().ExecutionTime);
        return new(time, times, found.Length);
    }

    private static Type[] Concrete<TAttribute>(string file)
        where TAttribute : Attribute =>
        [.. GeneratorPackage.LoadTypes("ClipGen", file).Where(type => type.GetCustomAttribute<TAttribute>() is not null)];

    private static SyntaxTree Parse(string text, int number = 0) => CSharpSyntaxTree.ParseText(text, ParseOptions, $"File{number}.cs");

    private CSharpCompilation Compile(IEnumerable<SyntaxTree> files) => CSharpCompilation.Create(
        "Stress",
        files,
        _references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false,
            nullableContextOptions: NullableContextOptions.Enable));
}

/// <summary>The program of a shape.</summary>
/// <param name="Files">The texts of its files, generated ones included.</param>
/// <param name="Generator">The time of the generator.</param>
internal sealed record StressProgram(IReadOnlyList<string> Files, TimeSpan Generator);

/// <summary>One run of analyzers.</summary>
/// <param name="Time">The processor time of all, binding included.</param>
/// <param name="Analyzers">The time of each analyzer in its own code.</param>
/// <param name="Findings">The number of diagnostics.</param>
internal sealed record StressRun(TimeSpan Time, IReadOnlyDictionary<string, TimeSpan> Analyzers, int Findings);
