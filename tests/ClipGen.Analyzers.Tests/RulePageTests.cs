using System.Reflection;
using System.Runtime.CompilerServices;
using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Tests;

/// <summary>Every rule has a page, and its descriptor leads there.</summary>
public sealed class RulePageTests
{
    public static TheoryData<string> RuleIds() => [.. Rules().Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Rule_has_a_page_that_says_all_there_is_to_say(string id)
    {
        DiagnosticDescriptor rule = Rules().Single(rule => rule.Id == id);
        Assert.Equal($"https://github.com/clipgen/clipgen/blob/main/docs/rules/{id}.md", rule.HelpLinkUri);
        Assert.Equal("ClipGen", rule.Category);
        Assert.True(rule.IsEnabledByDefault);
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "rules", id + ".md"));
        Assert.StartsWith($"# {id}: {rule.Title}\n", page.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        foreach (string heading in (string[])["The mistake", "Why it hurts", "The fix", "What the rule looks at", "When to silence it"])
            Assert.Contains($"## {heading}", page, StringComparison.Ordinal);
        Assert.Contains($"| {rule.DefaultSeverity.ToString().ToLowerInvariant()} |", page, StringComparison.Ordinal);
    }

    private static IEnumerable<DiagnosticDescriptor> Rules() =>
        typeof(TrainingLoopAnalyzer).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null
                && (type.Namespace!.EndsWith("TrainingLoops", StringComparison.Ordinal) || type.Namespace.EndsWith("Limits", StringComparison.Ordinal)))
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics)
            .DistinctBy(rule => rule.Id);

    private static string Root([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..");
}
