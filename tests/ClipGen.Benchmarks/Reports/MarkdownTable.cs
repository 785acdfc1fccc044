using System.Text;
using ClipGen.Benchmarks.Measurement;

namespace ClipGen.Benchmarks.Reports;

/// <summary>Cases as a section of a page: a table of times and, below the first row, the ratios to them.</summary>
internal static class MarkdownTable
{
    /// <summary>Appends a section.</summary>
    public static void Append(StringBuilder page, string title, IReadOnlyList<CaseResult> cases)
    {
        AppendHead(page, title, cases);
        foreach (string name in CaseCells.Names(cases)) AppendRow(page, [name, .. cases.Select(each => CaseCells.Of(each, name, "<br>"))]);

        AppendRow(page, [$"bytes allocated by {cases[0].Reference.Name}", .. cases.Select(each => $"{each.Reference.AllocatedBytes}")]);
        AppendRow(page, ["rounds", .. cases.Select(each => $"{each.Rounds}")]);
    }

    /// <summary>Appends the heading of a section, and the head of a table with a column for each case.</summary>
    public static void AppendHead(StringBuilder page, string title, IReadOnlyList<CaseResult> cases)
    {
        page.AppendLine().AppendLine($"## {title}").AppendLine();
        AppendRow(page, ["", .. cases.Select(each => each.Model)]);
        AppendRow(page, ["---", .. cases.Select(_ => "---:")]);
    }

    /// <summary>Appends a row.</summary>
    public static void AppendRow(StringBuilder page, IEnumerable<string> cells) => page.AppendLine($"| {string.Join(" | ", cells)} |");
}
