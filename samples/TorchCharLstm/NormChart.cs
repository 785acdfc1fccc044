using ScottPlot;

namespace TorchCharLstm;

/// <summary>Gradient norm and loss of each step of one seed, with and without clipping, each at its best learning rate.</summary>
public static class NormChart
{
    // Blue and vermilion of the palette of Okabe and Ito (2008): colour-blind readers can distinguish them, also in print.
    private static readonly Color WithClipping = Color.FromHex("#0072B2");
    private static readonly Color WithoutClipping = Color.FromHex("#D55E00");
    private static readonly string[] SansSerifFonts = ["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Liberation Sans",
        "Arial"];

    /// <summary>Draws the first seed as a PNG.</summary>
    public static void Save(Report report, string path)
    {
        TrialResult with = report.Best(clipped: true)[0];
        TrialResult without = report.Best(clipped: false)[0];
        var figure = new Multiplot();
        figure.AddPlots(2);
        Plot norms = figure.GetPlot(0);
        Plot losses = figure.GetPlot(1);

        Draw(norms, without, step => Math.Log10(Math.Max(step.GradientNorm, 1e-6)));
        Draw(norms, with, step => Math.Log10(Math.Max(step.GradientNorm, 1e-6)));
        norms.Add.HorizontalLine(Math.Log10(CharLstm.Limit), 2, Colors.Black, LinePattern.Dashed).LegendText = $"limit {CharLstm.Limit}";
        norms.Title($"Gradient norm before clipping, seed {with.Trial.Seed}");
        norms.YLabel("norm (log scale)");
        TrainingStep[] steps = [.. with.Steps, .. without.Steps];
        int last = Math.Max(with.Steps.Count, without.Steps.Count);
        ScaleNorms(norms, [CharLstm.Limit, .. steps.Select(step => step.GradientNorm).Where(norm => norm > 0 && double.IsFinite(norm))],
            last);

        Draw(losses, without, step => step.Loss);
        Draw(losses, with, step => step.Loss);
        losses.Title("Loss");
        losses.XLabel("training step");
        losses.YLabel("nats per character");

        // A diverging run would make everything else look flat.
        losses.Axes.SetLimits(0, last, 0, 1.1 * with.Steps.Max(step => step.Loss));

        foreach (Plot plot in new[] { norms, losses })
            Style(plot);
        figure.SavePng(path, 1400, 1000);
    }

    private static void Draw(Plot plot, TrialResult result, Func<TrainingStep, double> value)
    {
        // Numbers that are not finite cannot be drawn.
        Color color = result.Trial.Clipped ? WithClipping : WithoutClipping;
        double[] values = [.. result.Steps.Select(value).TakeWhile(double.IsFinite)];
        double[] numbers = [.. Enumerable.Range(1, values.Length).Select(step => (double)step)];
        plot.Add.ScatterPoints(numbers, values, color.WithAlpha(0.25)).MarkerSize = 4;
        ScottPlot.Plottables.Scatter median = plot.Add.ScatterLine(numbers, RunningMedian(values), color);
        median.LineWidth = 3;
        median.LegendText = $"{(result.Trial.Clipped ? "with" : "without")} clipping, learning rate {result.Trial.LearningRate}";
    }

    private static double[] RunningMedian(double[] values)
    {
        const int Reach = 10;
        var medians = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double[] window = values[Math.Max(0, i - Reach)..Math.Min(values.Length, i + Reach + 1)];
            Array.Sort(window);
            medians[i] = window[window.Length / 2];
        }

        return medians;
    }

    // Labels at 1, 2 and 5 of each decade: norms of a run often span less than two.
    private static void ScaleNorms(Plot plot, double[] norms, int steps)
    {
        double lowest = norms.Min();
        double highest = norms.Max();
        double[] labels =
        [
            .. Enumerable.Range((int)Math.Floor(Math.Log10(lowest)), 2 + (int)Math.Ceiling(Math.Log10(highest / lowest)))
                .SelectMany(decade => new[] { 1, 2, 5 }, (decade, digit) => digit * Math.Pow(10, decade)),
        ];
        plot.Axes.Left.SetTicks([.. labels.Select(Math.Log10)], [.. labels.Select(label => label.ToString("g1"))]);
        plot.Axes.SetLimits(0, steps, Math.Log10(lowest) - 0.05, Math.Log10(highest) + 0.05);
    }

    private static void Style(Plot plot)
    {
        HashSet<string> installed = [.. SkiaSharp.SKFontManager.Default.FontFamilies];
        if (SansSerifFonts.FirstOrDefault(installed.Contains) is { } font)
        {
            plot.Font.Set(font);
            plot.Legend.FontName = font;
        }

        plot.Layout.Fixed(new PixelPadding(left: 86, right: 40, bottom: 70, top: 112));
        plot.Axes.Title.Label.FontSize = 22;
        plot.Axes.Title.Label.Bold = false;
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.Label.FontSize = 18;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = 16;
        }

        plot.Legend.FontSize = 16;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.Transparent;

        // Next to the points, not over them.
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Top);
    }
}
