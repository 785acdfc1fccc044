using System.Collections.Immutable;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests;

/// <summary>
/// Compares the diagnostics of analyzers with those marked in the sources: <c>{|CLIP101:optimizer.step()|}</c>. The tests of all rules use
/// it, with the options of their family. Sources must compile, because a missing diagnostic proves nothing in a program with errors.
/// </summary>
internal sealed record RuleVerifier
{
    /// <summary>The analyzers to run.</summary>
    public required ImmutableArray<DiagnosticAnalyzer> Analyzers { get; init; }

    /// <summary>Compiles sources with their paths.</summary>
    public required Func<IReadOnlyList<(string Path, string Source)>, CSharpCompilation> Compile { get; init; }

    /// <summary>Text before each source, such as using directives.</summary>
    public string Usings { get; init; } = "";

    /// <summary>Values of <c>.editorconfig</c>.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Whether the generator runs first, as in a build. What it emits must compile without warnings.</summary>
    public bool RunsGenerator { get; init; }

    /// <summary>
    /// Whether the sources may have errors, which must be marked, including those of the compiler: <c>{|CS0246:…|}</c>. Without errors, a
    /// clip attribute must generate code.
    /// </summary>
    public bool MarksErrors { get; init; }

    /// <summary>Whether the analyzers must report the same before the generator has run, as in an editor.</summary>
    public bool ComparesWithoutGenerator { get; init; }

    /// <summary>Verifies the sources, and returns the diagnostics of the analyzers in the order of the sources.</summary>
    public async Task<IReadOnlyList<Diagnostic>> VerifyAsync(params IReadOnlyList<string> markedSources)
    {
        Assert.NotEmpty(markedSources);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var expected = new List<Mark>();
        var sources = new List<(string Path, string Source)>();
        foreach (string marked in markedSources)
        {
            string path = $"Test{sources.Count}.cs";
            (string source, List<(string Id, TextSpan Span)> marks) = AnalyzerHarness.ReadMarkup(marked);
            sources.Add((path, Usings + source));
            expected.AddRange(marks.Select(mark => new Mark(path, mark.Span.Start + Usings.Length, mark.Span.Length, mark.Id)));
        }

        CSharpCompilation written = Compile(sources);
        Compilation compilation = RunsGenerator ? Generate(written, cancellation) : written;
        Diagnostic[] errors =
            [.. compilation.GetDiagnostics(cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        Assert.True(MarksErrors || errors.Length == 0, "The source does not compile:\n" + string.Join<Diagnostic>("\n", errors));

        ImmutableArray<Diagnostic> reported = await AnalyzerHarness.AnalyzeAsync(compilation, Analyzers, Options);
        if (ComparesWithoutGenerator)
            Assert.Equal(MarksOf(reported), MarksOf(await AnalyzerHarness.AnalyzeAsync(written, Analyzers, Options)));
        List<Mark> found = MarksOf([.. errors, .. reported]);
        Assert.True(
            found.SequenceEqual(expected.Order()),
            $"Expected:\n{Describe(expected, sources)}\nFound:\n{Describe(found, sources)}\n"
            + string.Join("\n", errors.Concat(reported)) + "\n" + string.Join("\n", markedSources));
        Assert.True(
            !MarksErrors || errors.Concat(reported).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            || compilation.SyntaxTrees.Count() > written.SyntaxTrees.Length
            || !sources.Exists(source => source.Source.Contains("ClipGrad", StringComparison.Ordinal)),
            "Nothing was generated.");
        return
        [
            .. reported.OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start),
        ];
    }

    private static Compilation Generate(CSharpCompilation written, CancellationToken cancellation)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new ClipGenerator())
            .WithUpdatedParseOptions((CSharpParseOptions)written.SyntaxTrees[0].Options)
            .RunGeneratorsAndUpdateCompilation(written, out Compilation generated, out ImmutableArray<Diagnostic> fromGenerator,
                cancellation);
        Assert.Empty(fromGenerator);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        Diagnostic[] inOutput =
        [
            .. generated.GetDiagnostics(cancellation).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning
                && diagnostic.Location.SourceTree is { } tree && !written.ContainsSyntaxTree(tree)),
        ];
        Assert.True(
            inOutput.Length == 0,
            string.Join<Diagnostic>("\n", inOutput) + "\n" + string.Join("\n", driver.GetRunResult().GeneratedTrees));
        return generated;
    }

    private static List<Mark> MarksOf(IEnumerable<Diagnostic> diagnostics) =>
    [
        .. diagnostics.Select(diagnostic => new Mark(
            diagnostic.Location.SourceTree?.FilePath ?? "", diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length,
            diagnostic.Id)).Order(),
    ];

    private static string Describe(IEnumerable<Mark> marks, IReadOnlyList<(string Path, string Source)> sources) => string.Join(
        "\n",
        marks.Select(mark =>
        {
            string text = sources.FirstOrDefault(source => source.Path == mark.Path).Source ?? "";
            return mark.Start + mark.Length > text.Length
                ? $"  {mark.Id} in '{mark.Path}'"
                : $"  {mark.Id} at line {text.AsSpan(0, mark.Start).Count('\n') + 1}: {text.Substring(mark.Start, mark.Length)}";
        }));

    private readonly record struct Mark(string Path, int Start, int Length, string Id) : IComparable<Mark>
    {
        public int CompareTo(Mark other) => (Path, Start, Length, Id).CompareTo((other.Path, other.Start, other.Length, other.Id));
    }
}
