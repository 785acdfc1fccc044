using System.Text.RegularExpressions;
using ClipGen.Analyzers.Limits;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Documentation.Tests;

/// <summary>The options on the pages exist, and every option is on a page.</summary>
public sealed partial class OptionTests
{
    private static readonly string[] Options =
    [
        LimitOptions.LargeKey, LimitOptions.SmallKey, TrainingOptions.BackwardKey, TrainingOptions.ClipKey, TrainingOptions.ResetKey,
        TrainingOptions.StepKey,
    ];

    /// <summary>The page of the meter. The names of its instruments look like options.</summary>
    private const string InstrumentPage = "docs/metrics.md";

    [Fact]
    public void Options_on_pages_exist() =>
        Assert.Equal(
            Options.Order(StringComparer.Ordinal),
            Repository.Pages.Where(page => page != InstrumentPage)
                .SelectMany(page => OptionPattern().Matches(File.ReadAllText(Repository.PathOf(page))).Select(match => match.Value))
                .Distinct()
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Severities_on_pages_are_of_existing_rules()
    {
        string[] lines =
        [
            .. Repository.Pages.SelectMany(CodeBlock.Read).Where(block => block.Language == "ini")
                .SelectMany(block => block.Text.Split('\n')),
        ];

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.True(
            line.Length == 0 || line[0] is '#' or '[' || Options.Any(option => line.StartsWith(option + " = ", StringComparison.Ordinal))
                || IsSeverity(line),
            line));
    }

    private static bool IsSeverity(string line) =>
        SeverityPattern().Match(line) is { Success: true } match && RulePageTests.RuleIds().Any(id => id.Data == match.Groups[1].Value);

    [GeneratedRegex(@"(?<![\w.])clipgen\.\w+")]
    private static partial Regex OptionPattern();

    [GeneratedRegex(@"^dotnet_diagnostic\.(CLIP\d+)\.severity = (none|silent|suggestion|warning|error)$")]
    private static partial Regex SeverityPattern();
}
