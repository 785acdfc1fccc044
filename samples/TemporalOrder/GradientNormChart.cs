using ScottPlot;

namespace TemporalOrder;

/// <summary>The gradient norm at each step of one trial, with and without clipping, on a logarithmic scale.</summary>
public static class GradientNormChart
{
    /// <summary>Draws the trial that <see cref="Choose"/> picks as a PNG.</summary>
    public static void Save(ExperimentReport report, string path)
    {
        (TrialResult with, TrialResult without) = Choose(report);
        var plot = new Plot();
        ChartStyle.Apply(plot, top: 112);

        // The unclipped run is drawn first, because it is usually the longer one.
        Draw(plot, without, "without clipping");
        Draw(plot, with, "with clipping");

        // An adaptive limit is not a line.
        double? limit = report.Settings.Limit is { Name: null, Norm: var norm } ? Math.Log10(norm) : null;
        if (limit is { } height)
        {
            plot.Add.HorizontalLine(height, 2.5f, Colors.Black, LinePattern.Dashed).LegendText = $"limit {report.Settings.Limit}";
        }

        Trial trial = with.Trial;
        plot.Title($"Gradient norm before clipping: length {trial.Length}, learning rate {trial.LearningRate}, seed {trial.Seed}");
        plot.XLabel("training step");
        plot.YLabel("global gradient norm (log scale)");
        ScaleAxes(plot, with, without, limit);

        // Next to the points, not over them.
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Top);
        plot.SavePng(path, 1400, 640);
    }

    /// <summary>
    /// The pair of trials that is drawn: at the longest length that clipping solved, at its best learning rate there, the seed with the
    /// median number of steps. If clipping solved nothing, the first pair.
    /// </summary>
    public static (TrialResult With, TrialResult Without) Choose(ExperimentReport report)
    {
        TrialResult[] typical =
        [
            .. from length in report.Settings.Lengths.OrderDescending()
               let results = report.Of(length, report.BestLearningRate(length, Clipping.With), Clipping.With)
               let solved = results.Where(result => result.Solved).OrderBy(result => result.Steps).ToArray()
               where solved.Length > 0
               select solved[(solved.Length - 1) / 2],
        ];
        TrialResult with = typical.Length > 0 ? typical[0] : report.Results.First(result => result.Trial.Clipping == Clipping.With);
        Trial twin = with.Trial with { Clipping = Clipping.Without };
        return (with, report.Results.Single(result => result.Trial == twin));
    }

    private static void Draw(Plot plot, TrialResult result, string name)
    {
        if (result.Steps == 0) return;

        Color color = ChartStyle.Of(result.Trial.Clipping);
        double[] steps = [.. Enumerable.Range(1, result.Steps).Select(step => (double)step)];
        double[] logarithms = [.. result.GradientNorms.Select(norm => Math.Log10(Math.Max(norm, 1e-12)))];
        ScottPlot.Plottables.Scatter points = plot.Add.ScatterPoints(steps, logarithms, color.WithAlpha(0.30));
        points.MarkerSize = 3;

        string ending = result.Outcome switch
        {
            TrialOutcome.Solved => $"solved at step {result.Steps}",
            TrialOutcome.Diverged => $"diverged at step {result.Steps}",
            _ => $"not solved in {result.Steps} steps",
        };
        ScottPlot.Plottables.Scatter median = plot.Add.ScatterLine(steps, RunningMedian(logarithms), color);
        median.LineWidth = 3;
        median.LegendText = $"{name}: {ending}";
        ScottPlot.Plottables.Marker end =
            plot.Add.Marker(steps[^1], median.Data.GetScatterPoints()[^1].Y, MarkerShape.FilledCircle, 14, color);
        end.IsVisible = result.Outcome != TrialOutcome.OutOfSteps;
    }

    // Norms vary by orders of magnitude from step to step; the median of a window shows their trend.
    private static double[] RunningMedian(double[] values)
    {
        const int Reach = 50;
        var medians = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double[] window = values[Math.Max(0, i - Reach)..Math.Min(values.Length, i + Reach + 1)];
            Array.Sort(window);
            medians[i] = window[window.Length / 2];
        }

        return medians;
    }

    private static double LastStep(TrialResult with, TrialResult without) => Math.Max(1, 1.01 * Math.Max(with.Steps, without.Steps));

    private static void ScaleAxes(Plot plot, TrialResult with, TrialResult without, double? limit)
    {
        double[] logarithms =
        [
            .. limit is { } height ? [height] : Array.Empty<double>(),
            .. with.GradientNorms.Concat(without.GradientNorms).Where(norm => norm > 0).Select(norm => Math.Log10(norm)),
        ];
        int lowest = (int)Math.Floor(logarithms.Min());
        int highest = (int)Math.Ceiling(logarithms.Max());
        int[] decades = [.. Enumerable.Range(lowest, highest - lowest + 1)];
        plot.Axes.Left.SetTicks([.. decades.Select(decade => (double)decade)], [.. decades.Select(Decade)]);

        plot.Axes.SetLimits(0, LastStep(with, without), lowest, highest);
    }

    private static string Decade(int exponent) =>
        exponent is >= -3 and <= 4 ? Math.Pow(10, exponent).ToString("0.###") : $"1e{exponent}";
}
