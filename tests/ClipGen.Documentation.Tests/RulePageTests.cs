using System.Reflection;
using ClipGen.Analyzers.Declarations;
using ClipGen.CodeFixes.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Documentation.Tests;

/// <summary>Every rule has a page, a help link and a line in the release file, and every rule page has a rule.</summary>
public sealed class RulePageTests
{
    public static TheoryData<string> RuleIds() => [.. Rules().Select(rule => rule.Id).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_rule_is_described_as_it_is(string id)
    {
        DiagnosticDescriptor[] rules = [.. Rules().Where(rule => rule.Id == id)];
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules", id + ".md"));
        string severity = rules[0].DefaultSeverity.ToString().ToLowerInvariant();

        Assert.All(rules, rule =>
        {
            Assert.Equal($"https://github.com/clipgen/clipgen/blob/main/docs/rules/{id}.md", rule.HelpLinkUri);
            Assert.Equal(rules[0].DefaultSeverity, rule.DefaultSeverity);
            Assert.StartsWith($"# {id}: {rule.Title}\n", page, StringComparison.Ordinal);
        });
        Assert.Contains($"| Severity | {severity} |", page, StringComparison.Ordinal);
        Assert.Equal(
            ["## The mistake", "## Why it hurts", "## The fix", "## What it looks at", "## When to silence it"],
            page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)));
        Assert.Equal(Fixable().Contains(id), !page.Contains("| Fix | none |", StringComparison.Ordinal));
        Assert.Contains(
            File.ReadLines(Path.Combine(Repository.Root, "analyzers", "ClipGen.Analyzers", "AnalyzerReleases.Unshipped.md"))
                .Concat(File.ReadLines(Path.Combine(Repository.Root, "analyzers", "ClipGen.Analyzers", "AnalyzerReleases.Shipped.md"))),
            line => line.StartsWith(id + " ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_page_shows_the_mistake_and_the_fix(string id)
    {
        CodeBlock[] blocks = [.. CodeBlock.Read($"docs/rules/{id}.md").Where(block => block.Language == "csharp")];

        Assert.Contains(blocks, block => block.Expected.Any(mark => mark.Id == id));
        Assert.Contains(blocks, block => block.Expected.Count == 0);
    }

    [Fact]
    public void The_index_lists_every_rule_as_it_is() =>
        Assert.Equal(
            Rules()
                .DistinctBy(rule => rule.Id)
                .OrderBy(rule => rule.Id, StringComparer.Ordinal)
                .Select(rule => $"| [{rule.Id}]({rule.Id}.md) | {rule.DefaultSeverity.ToString().ToLowerInvariant()} | {rule.Title} | "
                    + $"{(Fixable().Contains(rule.Id) ? "yes" : "")} |"),
            File.ReadLines(Repository.PathOf("docs/rules/README.md")).Where(line => line.StartsWith("| [CLIP", StringComparison.Ordinal)));

    [Fact]
    public void No_page_is_without_a_rule() =>
        Assert.Equal(
            Rules().Select(rule => rule.Id).Distinct().Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(Repository.Root, "docs", "rules"), "CLIP*.md").Select(Path.GetFileNameWithoutExtension)
                .Order(StringComparer.Ordinal));

    private static IEnumerable<DiagnosticDescriptor> Rules() =>
        Create<DiagnosticAnalyzer>(typeof(DeclarationAnalyzer).Assembly).SelectMany(analyzer => analyzer.SupportedDiagnostics);

    private static HashSet<string> Fixable() =>
        [.. Create<CodeFixProvider>(typeof(MakePartialCodeFix).Assembly).SelectMany(fix => fix.FixableDiagnosticIds)];

    private static IEnumerable<T> Create<T>(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract)
            .Select(type => (T)Activator.CreateInstance(type)!);
}
