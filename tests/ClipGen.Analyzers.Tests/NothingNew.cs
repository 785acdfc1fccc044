using System.Collections.Immutable;
using System.Reflection;
using ClipGen.Analyzers.TrainingLoops;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests;

/// <summary>
/// Checks what every fix must keep: the fixed program compiles, and neither the analyzers of ClipGen nor the compiler report anything new.
/// </summary>
internal static class NothingNew
{
    /// <summary>All analyzers of ClipGen.</summary>
    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(TrainingLoopAnalyzer).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null)
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <param name="before">The files before the fix, with or without the marks of the testing library.</param>
    /// <param name="after">The files after the fix.</param>
    /// <param name="references">The references of the program.</param>
    /// <param name="compiler">
    /// The lowest severity of the compiler's diagnostics that are compared. A declared gradient counts as used, so the compiler reports
    /// warnings that it does not report for an unused member.
    /// </param>
    public static async Task AssertAsync(
        IReadOnlyList<string> before,
        IReadOnlyList<string> after,
        IEnumerable<MetadataReference> references,
        DiagnosticSeverity compiler = DiagnosticSeverity.Warning)
    {
        MetadataReference[] known = [.. references];
        ILookup<string, string> reported = await ReportedAsync(before, known, compiler);
        foreach (IGrouping<string, string> now in await ReportedAsync(after, known, compiler))
        {
            if (now.Count() > reported[now.Key].Count())
                Assert.Fail($"The fix brings {now.Key}:\n{string.Join("\n", now)}\nin:\n{string.Join("\n", after)}");
        }
    }

    private static async Task<ILookup<string, string>> ReportedAsync(
        IReadOnlyList<string> sources, IReadOnlyList<MetadataReference> references, DiagnosticSeverity compiler)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        CSharpCompilation written =
            AnalyzerHarness.Compile(sources.Select((source, index) => ($"Test{index}.cs", PlainOf(source))), references);
        CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()],
            parseOptions: (CSharpParseOptions)written.SyntaxTrees[0].Options)
            .RunGeneratorsAndUpdateCompilation(written, out Compilation compilation, out _, cancellation);
        ImmutableArray<Diagnostic> found = await AnalyzerHarness.AnalyzeAsync(compilation, Analyzers);
        return compilation.GetDiagnostics(cancellation)
            .Where(diagnostic => diagnostic.Severity >= compiler && diagnostic.Location.IsInSource)
            .Concat(found)
            .ToLookup(diagnostic => diagnostic.Id, diagnostic => diagnostic.ToString());
    }

    private static string PlainOf(string source)
    {
        TestFileMarkupParser.GetSpans(source, out string plain, out ImmutableArray<Microsoft.CodeAnalysis.Text.TextSpan> _);
        return plain;
    }
}
