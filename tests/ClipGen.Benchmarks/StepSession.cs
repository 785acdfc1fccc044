using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Reports;
using Spectre.Console;
using TorchCharLstm;

namespace ClipGen.Benchmarks;

/// <summary>One run of the steps mode, which measures, prints and writes.</summary>
public static class StepSession
{
    /// <summary>Runs the mode.</summary>
    /// <param name="rules">The rules of the optimizers.</param>
    /// <param name="shapes">The models.</param>
    /// <param name="seconds">The time to measure, without warm-up.</param>
    /// <param name="docs">The folder to write to, or null to write nothing.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static void Run(
        IReadOnlyList<UpdateRule> rules,
        IReadOnlyList<ModelShape> shapes,
        double seconds,
        DirectoryInfo? docs,
        CancellationToken cancellation)
    {
        if (Libtorch.WhyNot is { } reason) Console.Error.WriteLine($"Without TorchSharp: {reason}");

        StepReport report = StepRun.Here(rules, shapes, seconds, Console.Error.WriteLine, cancellation);

        // A file has no width, and Spectre would wrap the tables at 80 columns.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;

        foreach ((UpdateRule rule, GradientOwner owner, CaseResult[] cases) in report.Tables)
            RatioTable.Print(AnsiConsole.Console, report.Describe(rule, owner), cases);

        RatioTable.PrintLegend(AnsiConsole.Console);
        PrintTargets(report);
        if (docs is not null) Write(report, docs);
    }

    private static void PrintTargets(StepReport report)
    {
        foreach (StepTarget target in StepTarget.All)
        {
            foreach (StepCase each in report.Cases.Where(each => each.Rule == UpdateRule.AdamW && each.Result.Owner == target.Owner))
            {
                if (target.Compare(each.Result, ": ") is { Length: > 0 } line)
                    Console.WriteLine($"AdamW, {each.Result.Model}, {target.Name} {line}");
            }
        }
    }

    private static void Write(StepReport report, DirectoryInfo docs)
    {
        const string Chart = "images/benchmarks-steps.png";
        Directory.CreateDirectory(Path.Combine(docs.FullName, "images"));
        CaseResult[] drawn = [.. report.Tables.Where(table => table is (UpdateRule.AdamW, GradientOwner.Arrays, _))
            .SelectMany(table => table.Cases)];
        if (drawn.Length > 0)
        {
            string chart = Path.Combine(docs.FullName, Chart);
            string title = $"{report.Describe(UpdateRule.AdamW, GradientOwner.Arrays)}: time in units of ClipAndStep's on one thread";
            RatioChart.Save(drawn, title, chart);
            Console.WriteLine($"written: {chart}");
        }

        string page = Path.Combine(docs.FullName, "benchmarks-steps.md");
        File.WriteAllText(page, StepPage.Create(report, drawn.Length > 0 ? Chart : null));
        Console.WriteLine($"written: {page}");
    }
}
