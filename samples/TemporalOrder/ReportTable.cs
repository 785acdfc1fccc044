using Spectre.Console;

namespace TemporalOrder;

/// <summary>The results as a table: for each length and learning rate a row with clipping and one without.</summary>
public static class ReportTable
{
    /// <summary>The text below the table.</summary>
    public const string Legend =
        "* the side's best learning rate at this length: the one that counts.\nSteps needed: by the seeds that solved it. Largest norm: of "
        + "the gradients, before clipping.";

    /// <summary>Creates the table of <paramref name="report"/>.</summary>
    public static Table Create(ExperimentReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            RightAligned("length").PadLeft(0),
            RightAligned("learning\nrate"),
            new TableColumn("clipping"),
            RightAligned("solved"),
            RightAligned("steps needed\nmedian (range)"),
            RightAligned("largest\nnorm"),
            RightAligned("steps\nclipped").PadRight(0));
        foreach (int length in report.Settings.Lengths)
        {
            foreach (double learningRate in report.Settings.LearningRates)
            {
                foreach (Clipping clipping in Enum.GetValues<Clipping>())
                {
                    bool first = clipping == Clipping.With;
                    table.AddRow([first ? length.ToString() : "", first ? learningRate.ToString() : "",
                        .. Cells(report, length, learningRate, clipping)]);
                }
            }

            if (length != report.Settings.Lengths[^1]) table.AddEmptyRow();
        }

        return table;
    }

    private static IEnumerable<string> Cells(ExperimentReport report, int length, double learningRate, Clipping clipping)
    {
        IReadOnlyList<TrialResult> results = report.Of(length, learningRate, clipping);
        int diverged = results.Count(result => result.Outcome == TrialOutcome.Diverged);
        int solvers = results.Count(result => result.Solved);
        bool best = solvers > 0 && report.BestLearningRate(length, clipping).Equals(learningRate);
        string solved = $"{solvers}/{results.Count}{(best ? " *" : "  ")}";

        yield return clipping == Clipping.With ? "with" : "without";
        yield return best ? $"[bold]{solved}[/]" : solved;
        yield return Steps(results) + (diverged > 0 ? $" ({diverged} diverged)" : "");
        yield return Format(results.Max(result => result.LargestNorm));
        yield return clipping == Clipping.With ? ShareClipped(results).ToString("p0") : "–";
    }

    private static string Format(double norm) => norm.ToString(norm < 100 ? "0.0" : norm < 1e7 ? "n0" : "0.0e0");

    private static string Steps(IEnumerable<TrialResult> results)
    {
        int[] steps = [.. results.Where(result => result.Solved).Select(result => result.Steps).Order()];
        return steps.Length switch
        {
            0 => "–",
            1 => $"{steps[0]}",
            _ => $"{(steps[(steps.Length - 1) / 2] + steps[steps.Length / 2]) / 2} ({steps[0]}–{steps[^1]})",
        };
    }

    private static double ShareClipped(IReadOnlyList<TrialResult> results) =>
        results.Sum(result => (double)result.ClippedSteps) / Math.Max(1, results.Sum(result => (double)result.Steps));

    private static TableColumn RightAligned(string header) => new TableColumn(header).RightAligned();
}
