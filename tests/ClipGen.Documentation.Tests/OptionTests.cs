using System.Text.RegularExpressions;
using ClipGen.Analyzers.Limits;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Documentation.Tests;

/// <summary>Options that pages name are options that rules read, and each is named.</summary>
public sealed partial class OptionTests
{
    private static readonly string[] Options =
    [
        LimitOptions.LargeKey, LimitOptions.SmallKey, TrainingOptions.BackwardKey, TrainingOptions.ClipKey, TrainingOptions.ResetKey,
        TrainingOptions.StepKey,
    ];

    [Fact]
    public void Pages_name_the_options_that_there_are() =>
        Assert.Equal(
            Options.Order(StringComparer.Ordinal),
            Repository.Pages
                .SelectMany(page => OptionPattern().Matches(File.ReadAllText(Repository.PathOf(page))).Select(match => match.Value))
                .Distinct()
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Pages_set_the_severity_of_rules_that_there_are()
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

    [GeneratedRegex(@"clipgen\.\w+")]
    private static partial Regex OptionPattern();

    [GeneratedRegex(@"^dotnet_diagnostic\.(CLIP\d+)\.severity = (none|silent|suggestion|warning|error)$")]
    private static partial Regex SeverityPattern();
}
