using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests;

/// <summary>
/// Runs the generator as a compiler does. Every run is repeated over a clone of the compilation, in which all steps must come from the
/// cache. This finds symbols and lists in the output of a step, which never compare equal.
/// </summary>
internal static class GeneratorHarness
{
    // The newest language version of the compiler under test, as in a new project: C# 12 in the oldest compiler.
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. Net100.References.All,
        MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(System.Numerics.Tensors.Tensor).Assembly.Location),
    ];

    public static readonly IReadOnlyList<string> PipelineSteps =
    [
        .. GradientSourceDiscovery.Attributes.Select(TrackingNames.AnnotatedBy),
        TrackingNames.AnnotatedOnBackingFields,
        TrackingNames.Sources,
        TrackingNames.AmbiguousNames,
        TrackingNames.Output,
    ];

    public static CSharpCompilation Compile(params string[] sources) =>
        CSharpCompilation.Create(
            "Model",
            sources.Select((source, index) => CSharpSyntaxTree.ParseText(source, ParseOptions, path: $"File{index}.cs")),
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                allowUnsafe: true));

    /// <summary>
    /// Runs the generator. Asserts that it neither throws nor reports, that a second run is cached, and that the output compiles.
    /// </summary>
    public static GeneratorRun Run(params string[] sources) => Run(Compile(sources));

    public static GeneratorRun Run(CSharpCompilation compilation)
    {
        GeneratorDriver driver = CreateDriver().RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported, TestContext.Current.CancellationToken);
        GeneratorRunResult first = driver.GetRunResult().Results.Single();
        Assert.Null(first.Exception);
        Assert.Empty(reported);

        GeneratorRunResult second = driver.RunGenerators(compilation.Clone(), TestContext.Current.CancellationToken).GetRunResult().Results
            .Single();
        AssertAllCached(second);
        return new GeneratorRun(driver, (CSharpCompilation)generated, first);
    }

    public static GeneratorDriver CreateDriver() => CSharpGeneratorDriver.Create(
        [new ClipGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static void AssertAllCached(GeneratorRunResult result)
    {
        foreach (string step in PipelineSteps)
        {
            // An attribute that the sources do not use has no step. CachingTests checks that the names of the steps are right.
            Assert.All(
                result.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> runs) ? runs : [],
                run => Assert.All(
                    run.Outputs,
                    output => Assert.True(
                        output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged,
                        $"Step {step} was {output.Reason} in a second run over the same sources.")));
        }

        AssertNothingEmitted(result);
    }

    /// <summary>Asserts that no file was emitted again: the last step of every output came from the cache.</summary>
    public static void AssertNothingEmitted(GeneratorRunResult result) =>
        Assert.All(
            result.TrackedOutputSteps.SelectMany(pair => pair.Value).SelectMany(run => run.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));

    /// <summary>
    /// Generated files disable all warnings, because users cannot fix them there. For tests, only warnings that the user's declarations
    /// cause stay disabled, so that other warnings in generated code are reported.
    /// </summary>
    public static CSharpCompilation LetGeneratedFilesWarn(CSharpCompilation compilation, string silenced = "CS0612, CS0618")
    {
        const string Everything = "#pragma warning disable\n";
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)))
        {
            string text = tree.ToString();
            Assert.Contains(Everything, text, StringComparison.Ordinal);
            string narrowed = text.Replace(Everything, $"#pragma warning disable {silenced}\n", StringComparison.Ordinal);
            compilation = compilation.ReplaceSyntaxTree(tree,
                CSharpSyntaxTree.ParseText(narrowed, (CSharpParseOptions)tree.Options, tree.FilePath));
        }

        return compilation;
    }

    /// <summary>Loads the compiled assembly as a collectible one.</summary>
    public static Assembly Load(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return new AssemblyLoadContext("model", isCollectible: true).LoadFromStream(image);
    }
}

/// <summary>The result of a run.</summary>
internal sealed record GeneratorRun(GeneratorDriver Driver, CSharpCompilation Compilation, GeneratorRunResult Result)
{
    public IReadOnlyDictionary<string, string> Files { get; } =
        Result.GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString());

    /// <summary>Asserts that the compilation has neither errors nor warnings, in the user's files and in the generated ones.</summary>
    public GeneratorRun AssertCompiles()
    {
        string[] problems =
        [
            .. GeneratorHarness.LetGeneratedFilesWarn(Compilation).GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id is not ("CS0169" or "CS0414" or "CS0649"))
                .Select(d => d.ToString()),
        ];
        Assert.True(problems.Length == 0, string.Join("\n", problems) + "\n" + string.Join("\n", Files.Values));
        return this;
    }

    public Assembly Load() => GeneratorHarness.Load(AssertCompiles().Compilation);
}
