using ScottPlot;

namespace TemporalOrder;

/// <summary>Solved seeds by length and learning rate: a panel for each length, a pair of bars for each learning rate.</summary>
public static class SuccessChart
{
    private const double BarWidth = 0.36;

    /// <summary>Draws <paramref name="report"/> as a PNG.</summary>
    public static void Save(ExperimentReport report, string path)
    {
        var chart = new Multiplot();
        chart.AddPlots(report.Settings.Lengths.Count);
        chart.Layout = new ScottPlot.MultiplotLayouts.Columns();
        for (int panel = 0; panel < report.Settings.Lengths.Count; panel++)
        {
            Draw(chart.GetPlot(panel), report, report.Settings.Lengths[panel], first: panel == 0);
        }

        int width = Math.Max(900, 460 * report.Settings.Lengths.Count);
        chart.SavePng(path, width, 560);
    }

    private static void Draw(Plot plot, ExperimentReport report, int length, bool first)
    {
        ExperimentSettings settings = report.Settings;
        ChartStyle.Apply(plot);
        for (int rate = 0; rate < settings.LearningRates.Count; rate++)
        {
            foreach (Clipping clipping in Enum.GetValues<Clipping>())
            {
                int solved = report.Solved(length, settings.LearningRates[rate], clipping);
                double side = clipping == Clipping.With ? -1 : 1;
                ScottPlot.Plottables.BarPlot bar = plot.Add.Bar(new Bar
                {
                    Position = rate + side * (BarWidth / 2 + 0.01),
                    Value = solved,
                    Size = BarWidth,
                    FillColor = ChartStyle.Of(clipping),
                    LineWidth = 0,
                    Label = $"{solved}",
                });
                bar.ValueLabelStyle.FontSize = 17;
                bar.ValueLabelStyle.ForeColor = ChartStyle.Of(clipping);
            }
        }

        plot.Title($"length {length}");
        plot.XLabel("learning rate");
        plot.Axes.Bottom.SetTicks(
            [.. Enumerable.Range(0, settings.LearningRates.Count).Select(rate => (double)rate)],
            [.. settings.LearningRates.Select(rate => $"{rate}")]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickLabelStyle.OffsetY = 4;
        plot.Axes.SetLimits(-0.6, settings.LearningRates.Count - 0.4, 0, settings.Seeds * 1.3);
        plot.HideGrid();
        int[] counts = [.. Enumerable.Range(0, settings.Seeds + 1).Where(count => count % Math.Max(1, settings.Seeds / 5) == 0)];
        plot.Axes.Left.SetTicks([.. counts.Select(count => (double)count)], [.. counts.Select(count => $"{count}")]);
        if (!first) return;

        plot.YLabel($"seeds solved, of {settings.Seeds}");
        plot.ShowLegend(
            [
                new LegendItem { LabelText = "with clipping", FillColor = ChartStyle.WithClipping },
                new LegendItem { LabelText = "without clipping", FillColor = ChartStyle.WithoutClipping },
            ],
            Alignment.UpperLeft);
    }
}
