using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Measurement;
using Spectre.Console;

namespace ClipGen.Benchmarks.Reports;

/// <summary>A report on the console: for each case a row of times and, below it, the ratios to the generated code.</summary>
public static class RatioTable
{
    /// <summary>Prints <paramref name="report"/>.</summary>
    public static void Print(IAnsiConsole console, RatioReport report)
    {
        foreach (IGrouping<bool, CaseResult> half in report.Cases.GroupBy(each => each.ClippingNeeded))
        {
            CaseResult[] cases = [.. half];
            console.WriteLine($"Clipping {(half.Key ? "needed" : "not needed")}, {report.InstructionSet}");
            Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("").NoWrap().PadLeft(0));
            foreach (CaseResult each in cases) table.AddColumn(new TableColumn(each.Model).RightAligned().NoWrap());

            foreach (string name in CaseCells.Names(cases))
            {
                table.AddRow([Markup.Escape(name), .. cases.Select(each => CaseCells.Of(each, name, Environment.NewLine))]);
            }

            table.AddRow(["bytes allocated by ClipGen", .. cases.Select(each => $"{each.Find(GeneratedCode.OneThread)!.AllocatedBytes}")]);
            table.AddRow(["rounds", .. cases.Select(each => $"{each.Rounds}")]);
            console.Write(table);
        }

        console.WriteLine("ClipGen's row: median and quartiles of the time of a call. Other rows: time in units of ClipGen's, median and quartiles over rounds.");
        console.WriteLine();
    }
}
