using ScottPlot;

namespace TorchCharLstm;

/// <summary>Gradient norm and loss of each step, with and without clipping.</summary>
public static class NormChart
{
    // Blue and vermilion of the palette of Okabe and Ito (2008): told apart by colour-blind readers too, and in print.
    private static readonly Color WithClipping = Color.FromHex("#0072B2");
    private static readonly Color WithoutClipping = Color.FromHex("#D55E00");
    private static readonly string[] SansSerifFonts = ["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];

    /// <summary>Draws both runs as a PNG.</summary>
    public static void Save(IReadOnlyList<TrainingStep> with, IReadOnlyList<TrainingStep> without, Settings settings, string path)
    {
        var figure = new Multiplot();
        figure.AddPlots(2);
        Plot norms = figure.GetPlot(0);
        Plot losses = figure.GetPlot(1);

        Draw(norms, without, "without clipping", WithoutClipping, step => Math.Log10(Math.Max(step.GradientNorm, 1e-6)));
        Draw(norms, with, "with clipping", WithClipping, step => Math.Log10(Math.Max(step.GradientNorm, 1e-6)));
        norms.Add.HorizontalLine(Math.Log10(CharLstm.Limit), 2, Colors.Black, LinePattern.Dashed).LegendText = $"limit {CharLstm.Limit}";
        norms.Title($"Gradient norm before clipping: AdamW, learning rate {settings.LearningRate}");
        norms.YLabel("norm (log scale)");
        LabelDecades(norms, with.Concat(without));

        Draw(losses, without, "without clipping", WithoutClipping, step => step.Loss);
        Draw(losses, with, "with clipping", WithClipping, step => step.Loss);
        losses.Title("Loss");
        losses.XLabel("training step");
        losses.YLabel("nats per character");

        foreach (Plot plot in new[] { norms, losses })
            Style(plot);
        figure.SavePng(path, 1400, 1000);
    }

    private static void Draw(Plot plot, IReadOnlyList<TrainingStep> steps, string name, Color color, Func<TrainingStep, double> value)
    {
        // A run whose numbers are no longer finite has nothing more to draw.
        double[] values = [.. steps.Select(value).TakeWhile(double.IsFinite)];
        double[] numbers = [.. Enumerable.Range(1, values.Length).Select(step => (double)step)];
        plot.Add.ScatterPoints(numbers, values, color.WithAlpha(0.25)).MarkerSize = 4;
        ScottPlot.Plottables.Scatter median = plot.Add.ScatterLine(numbers, RunningMedian(values), color);
        median.LineWidth = 3;
        median.LegendText = name;
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

    private static void LabelDecades(Plot plot, IEnumerable<TrainingStep> steps)
    {
        double[] logarithms =
            [Math.Log10(CharLstm.Limit), .. steps.Select(step => step.GradientNorm).Where(norm => norm > 0 && double.IsFinite(norm)).Select(Math.Log10)];
        int lowest = (int)Math.Floor(logarithms.Min());
        int highest = (int)Math.Ceiling(logarithms.Max());
        int[] decades = [.. Enumerable.Range(lowest, highest - lowest + 1)];
        plot.Axes.Left.SetTicks([.. decades.Select(decade => (double)decade)], [.. decades.Select(decade => Math.Pow(10, decade).ToString("g"))]);
    }

    private static void Style(Plot plot)
    {
        HashSet<string> installed = [.. SkiaSharp.SKFontManager.Default.FontFamilies];
        if (SansSerifFonts.FirstOrDefault(installed.Contains) is { } font)
        {
            plot.Font.Set(font);
            plot.Legend.FontName = font;
        }

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
        plot.ShowLegend(Alignment.UpperRight, Orientation.Horizontal);
    }
}
