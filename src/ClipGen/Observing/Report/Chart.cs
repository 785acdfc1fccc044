using System.Globalization;
using System.Text;

namespace ClipGen.Observing.Report;

/// <summary>An SVG chart: axes with numbers, and the data between them.</summary>
internal sealed class Chart
{
    /// <summary>The width in SVG units. The page scales it.</summary>
    internal const double Width = 720;

    /// <summary>The left edge of the plot area.</summary>
    internal const double Left = 78;

    /// <summary>The right edge of the plot area.</summary>
    internal const double Right = Width - 36;

    /// <summary>The top edge of the plot area.</summary>
    internal const double Top = 14;

    private readonly StringBuilder _body = new();

    // Drawn last, so that no line crosses a label.
    private readonly StringBuilder _labels = new();
    private readonly double _height;
    private readonly string _label;

    /// <summary>Creates an empty chart.</summary>
    /// <param name="height">Its height.</param>
    /// <param name="label">A description for screen readers.</param>
    internal Chart(double height, string label)
    {
        _height = height;
        _label = label;
    }

    /// <summary>The bottom edge of the plot area.</summary>
    internal double Bottom => _height - 58;

    /// <summary>Draws the axes and their numbers.</summary>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="xTitle">The title of the horizontal axis.</param>
    /// <param name="xText">Formats a number of the horizontal axis.</param>
    /// <param name="yText">Formats a number of the vertical axis.</param>
    internal void DrawAxes(Scale x, Scale y, string xTitle, Func<double, string> xText, Func<double, string> yText)
    {
        foreach (double tick in y.Ticks)
        {
            string at = Text(y.At(tick));
            _body.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{Left} {at}H{Right}\"/>");
            _body.Append(CultureInfo.InvariantCulture, $"<text class=\"y\" x=\"{Left - 8}\" y=\"{at}\">{yText(tick)}</text>");
        }

        foreach (double tick in x.Ticks)
        {
            string at = Text(x.At(tick));
            _body.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{at} {Bottom}v5\"/>");
            _body.Append(CultureInfo.InvariantCulture, $"<text class=\"x\" x=\"{at}\" y=\"{Bottom + 8}\">{xText(tick)}</text>");
        }

        _body.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{Left} {Bottom}H{Right}\"/>");
        _body.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{(Left + Right) / 2}\" "
            + $"y=\"{_height - 6}\">{Html.Escape(xTitle)}</text>");
        _body.Append('\n');
    }

    /// <summary>Draws a line through points.</summary>
    internal void DrawLine(string kind, IReadOnlyList<(double X, double Y)> points) => DrawPath(kind, points, "");

    /// <summary>Fills the area between two lines with the same x coordinates.</summary>
    internal void FillBetween(string kind, IReadOnlyList<(double X, double Y)> upper, IReadOnlyList<(double X, double Y)> lower) =>
        DrawPath(kind, [.. upper, .. lower.Reverse()], "Z");

    /// <summary>Draws short marks at the bottom edge.</summary>
    internal void DrawMarks(string kind, IEnumerable<double> places)
    {
        string marks = string.Concat(places.Select(x => FormattableString.Invariant($"M{Text(x)} {Bottom}v-10")));
        if (marks.Length > 0)
            _body.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"{marks}\"/>\n");
    }

    /// <summary>Draws a vertical line with a text next to its upper end.</summary>
    internal void DrawVertical(string kind, double x, string text, int row)
    {
        bool isLeft = x > (Left + Right) / 2;
        string anchor = isLeft ? "end" : "start";
        _body.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"M{Text(x)} {Top}V{Bottom}\"/>");
        _labels.Append(CultureInfo.InvariantCulture, $"<text class=\"mark\" text-anchor=\"{anchor}\" "
            + $"x=\"{Text(x + (isLeft ? -6 : 6))}\" y=\"{Top + 12 + (row * 22)}\">{Html.Escape(text)}</text>\n");
    }

    /// <summary>Returns the SVG element.</summary>
    internal string Draw() => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg viewBox=\"0 0 {Width} {_height}\" role=\"img\" aria-label=\"{Html.Escape(_label)}\">\n{_body}{_labels}</svg>\n");

    private void DrawPath(string kind, IReadOnlyList<(double X, double Y)> points, string end)
    {
        if (points.Count == 0)
            return;
        _body.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"");
        for (int i = 0; i < points.Count; i++)
            _body.Append(i == 0 ? 'M' : 'L').Append(Text(points[i].X)).Append(' ').Append(Text(points[i].Y));

        // A line needs two points, so a single step is drawn as a short line.
        if (points.Count == 1)
            _body.Append("h3");
        _body.Append(end).Append("\"/>\n");
    }

    private static string Text(double place) => place.ToString("0.#", CultureInfo.InvariantCulture);
}
