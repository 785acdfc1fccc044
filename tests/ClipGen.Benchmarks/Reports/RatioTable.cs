using ClipGen.Benchmarks.Measurement;
using Spectre.Console;

namespace ClipGen.Benchmarks.Reports;

/// <summary>A report on the console: for each case a row of times and, below it, the ratios to them.</summary>
public static class RatioTable
{
    /// <summary>Prints <paramref name="report"/>.</summary>
    public static void Print(IAnsiConsole console, RatioReport report)
    {
        foreach (IGrouping<(GradientOwner Owner, bool ClippingNeeded), CaseResult> part in report.Cases.GroupBy(
            each => (each.Owner, each.ClippingNeeded)))
        {
            string needed = part.Key.ClippingNeeded ? "needed" : "not needed";
            string title = $"Clipping {needed}, {RatioRun.Describe(part.Key.Owner)}, {report.Configuration}";
            Print(console, title, [.. part]);
        }

        PrintLegend(console);
    }

    /// <summary>Prints the cases of one table.</summary>
    public static void Print(IAnsiConsole console, string title, IReadOnlyList<CaseResult> cases)
    {
        console.WriteLine(title);
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("").NoWrap().PadLeft(0));
        foreach (CaseResult each in cases) table.AddColumn(new TableColumn(each.Model).RightAligned().NoWrap());

        foreach (string name in CaseCells.Names(cases))
        {
            table.AddRow([Markup.Escape(name), .. cases.Select(each => CaseCells.Of(each, name, Environment.NewLine))]);
        }

        table.AddRow([$"bytes allocated by {cases[0].Reference.Name}", .. cases.Select(each => $"{each.Reference.AllocatedBytes}")]);
        table.AddRow(["rounds", .. cases.Select(each => $"{each.Rounds}")]);
        console.Write(table);
    }

    /// <summary>Prints how to read the tables.</summary>
    public static void PrintLegend(IAnsiConsole console)
    {
        console.WriteLine("First row: median and quartiles of the time of a call. Other rows: time in units of the first, median and "
            + "quartiles over rounds.");
        console.WriteLine();
    }
}
