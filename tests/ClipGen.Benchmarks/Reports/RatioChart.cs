using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Measurement;
using ScottPlot;

namespace ClipGen.Benchmarks.Reports;

/// <summary>
/// The ratios if clipping is needed: a group of bars for each model and a bar for each contender, on a logarithmic scale.
/// </summary>
public static class RatioChart
{
    // The colors of Okabe and Ito (2008), which color-blind readers can distinguish. The bounds are grey.
    private static readonly string[] Palette = ["#D55E00", "#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#0072B2", "#F0E442"];

    private static readonly string[] SansSerifFonts = ["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Liberation Sans",
        "Arial"];

    private static readonly double[] Ticks = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];

    /// <summary>Draws <paramref name="report"/> as a PNG.</summary>
    public static void Save(RatioReport report, string path) => Save(
        [.. report.Cases.Where(each => each is { Owner: GradientOwner.Arrays, ClippingNeeded: true })],
        $"Clipping needed, {RatioRun.Describe(GradientOwner.Arrays)}, {report.Configuration}: time in units of ClipGen's on one thread",
        path);

    /// <summary>Draws the ratios of <paramref name="cases"/> as a PNG.</summary>
    public static void Save(IReadOnlyList<CaseResult> cases, string title, string path)
    {
        string[] names = [.. CaseCells.Names(cases).Where(name => name != cases[0].Reference.Name)];
        var plot = new Plot();
        Style(plot);
        double width = 0.84 / names.Length;
        double lowest = 0;
        double highest = 1;
        var legend = new List<LegendItem>();
        for (int index = 0; index < names.Length; index++)
        {
            Color color = names[index] == MemorySweep.Both ? Colors.LightGray
                : names[index].StartsWith(MemorySweep.Both, StringComparison.Ordinal) ? Colors.Gray
                : Color.FromHex(Palette[index % Palette.Length]);
            legend.Add(new LegendItem { LabelText = names[index], FillColor = color });
            for (int model = 0; model < cases.Count; model++)
            {
                if (cases[model].Find(names[index]) is not { } result) continue;

                double height = Math.Log2(result.Ratio.Median);
                lowest = Math.Min(lowest, height);
                highest = Math.Max(highest, height);
                plot.Add.Bar(new Bar
                {
                    Position = model + (index - (names.Length - 1) / 2.0) * width,
                    Value = height,
                    Size = width * 0.92,
                    FillColor = color,
                    LineWidth = 0,
                });
            }
        }

        plot.Add.HorizontalLine(0, 2, Colors.Black);
        plot.Axes.Bottom.SetTicks(
            [.. Enumerable.Range(0, cases.Count).Select(index => (double)index)], [.. cases.Select(each => each.Model)]);
        plot.Axes.Left.SetTicks([.. Ticks.Select(Math.Log2)], [.. Ticks.Select(tick => FormattableString.Invariant($"{tick}×"))]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(-0.6, cases.Count - 0.4, lowest - 0.3, highest + 0.3);
        plot.Title(title);
        plot.XLabel("gradients × floats in each");

        // Next to the bars, not above them.
        plot.ShowLegend(Edge.Top).Legend.ManualItems.AddRange(legend);
        plot.SavePng(path, 1400, 640);
    }

    private static void Style(Plot plot)
    {
        HashSet<string> installed = [.. SkiaSharp.SKFontManager.Default.FontFamilies];
        if (SansSerifFonts.FirstOrDefault(installed.Contains) is { } font)
        {
            plot.Font.Set(font);
            plot.Legend.FontName = font;
        }

        plot.FigureBackground.Color = Colors.White;
        plot.Axes.Title.Label.FontSize = 22;
        plot.Axes.Title.Label.Bold = false;
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.Label.FontSize = 18;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = 16;
        }

        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.12);
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Legend.FontSize = 16;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.Orientation = Orientation.Horizontal;
    }
}
