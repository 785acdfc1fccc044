using ScottPlot;

namespace TemporalOrder;

/// <summary>The common style of both charts.</summary>
internal static class ChartStyle
{
    /// <summary>
    /// Blue and vermilion of the palette of Okabe and Ito (2008), which colour-blind readers can distinguish, also in print.
    /// </summary>
    public static readonly Color WithClipping = Color.FromHex("#0072B2");

    public static readonly Color WithoutClipping = Color.FromHex("#D55E00");

    // The first installed font is used; ScottPlot's own choice is a serif font on some systems.
    private static readonly string[] SansSerifFonts = ["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Liberation Sans",
        "Arial"];

    public static Color Of(Clipping clipping) => clipping == Clipping.With ? WithClipping : WithoutClipping;

    /// <param name="plot">The plot.</param>
    /// <param name="top">The pixels above the plot, for the title and the legend.</param>
    public static void Apply(Plot plot, float top = 56)
    {
        HashSet<string> installed = [.. SkiaSharp.SKFontManager.Default.FontFamilies];
        if (SansSerifFonts.FirstOrDefault(installed.Contains) is { } font)
        {
            plot.Font.Set(font);
            plot.Legend.FontName = font;
        }

        plot.FigureBackground.Color = Colors.White;
        plot.Axes.Title.Label.FontSize = 24;
        plot.Axes.Title.Label.Bold = false;
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.Label.FontSize = 20;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = 17;
        }

        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.Layout.Fixed(new PixelPadding(left: 86, right: 24, bottom: 76, top));
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.12);
        plot.Legend.FontSize = 18;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
    }
}
