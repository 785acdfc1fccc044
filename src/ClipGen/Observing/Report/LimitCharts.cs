using ClipGen.Observing.Recording;

namespace ClipGen.Observing.Report;

/// <summary>The charts of one limit over a run.</summary>
internal static class LimitCharts
{
    /// <summary>The norms and the limit over the steps.</summary>
    internal static string Norms(LimitRecord limit)
    {
        ReadOnlySpan<LimitColumn> columns = limit.Timeline.Columns;
        var chart = new Chart(330, $"The {limit.Key.NormName} before clipping and the limit at each step, on a logarithmic scale.");
        Scale x = Steps(limit.Timeline.Steps);
        double least = double.PositiveInfinity;
        double greatest = 0;
        foreach (ref readonly LimitColumn column in columns)
        {
            if (column.Positive > 0)
                least = Math.Min(least, column.LeastNorm > 0 ? column.LeastNorm : column.TypicalNorm);
            greatest = Math.Max(greatest, column.GreatestNorm);
            if (double.IsFinite(column.Limit))
                (least, greatest) = (Math.Min(least, column.Limit), Math.Max(greatest, column.Limit));
        }

        // Extremely small norms would make the scale so large that the others look constant.
        least = double.IsFinite(least) ? Math.Max(least, greatest * 1e-9) : 1;

        // A limit below all norms is not drawn over the axis.
        var y = Scale.Logarithmic(0.9 * least, greatest > 0 ? greatest : 1, chart.Bottom, Chart.Top);
        chart.DrawAxes(x, y, "step", Html.Count, Html.Tick);

        List<(double X, double Y)> upper = [], lower = [], typical = [], bound = [];
        var broken = new List<double>();
        for (int i = 0; i < columns.Length; i++)
        {
            ref readonly LimitColumn column = ref columns[i];
            double place = x.At(Middle(i, limit.Timeline.Stride, limit.Timeline.Steps));
            if (column.Finite > 0)
            {
                upper.Add((place, y.At(column.GreatestNorm)));
                lower.Add((place, y.At(column.LeastNorm)));
                typical.Add((place, y.At(column.TypicalNorm)));
            }

            if (column.Finite < column.Steps)
                broken.Add(place);
            if (double.IsFinite(column.Limit))
                bound.Add((place, y.At(column.Limit)));
        }

        chart.FillBetween("range", upper, lower);
        chart.DrawLine("norm", typical);
        chart.DrawLine("limit", Across(bound));
        chart.DrawMarks("broken", broken);
        return chart.Draw();
    }

    /// <summary>The smallest factor over the steps.</summary>
    internal static string Factors(LimitRecord limit) => OverSteps(
        limit, "The smallest factor that gradients were multiplied by.", "norm", fills: false, column => column.LeastFactor, Html.Tick);

    /// <summary>The share of the steps that were clipped.</summary>
    internal static string Clipped(LimitRecord limit) => OverSteps(
        limit, "The share of the steps that the limit clipped.", "clipped", fills: true,
        column => (double)column.Clipped / column.Steps, Numbers.Percent);

    /// <summary>The share of the steps that each other limit would have clipped.</summary>
    internal static string OtherLimits(LimitRecord limit, double? recommended)
    {
        var chart = new Chart(300, "The share of the steps that each limit would have clipped.");
        double least = limit.Norms.Minimum > 0 ? limit.Norms.Minimum : limit.Norms.Quantile(0.1);
        double greatest = limit.Norms.Maximum;
        least = Math.Max(least > 0 ? least : greatest, greatest * 1e-9);
        if (double.IsFinite(limit.Limit))
        {
            least = Math.Min(least, Math.Max(limit.Limit, least * 1e-3));
            greatest = Math.Max(greatest, Math.Min(limit.Limit, greatest * 1e3));
        }

        var x = Scale.Logarithmic(least * 0.8, greatest * 1.25, Chart.Left, Chart.Right);
        var y = Scale.Linear(0, 1, chart.Bottom, Chart.Top, 4);
        chart.DrawAxes(x, y, "limit", Html.Tick, Numbers.Percent);
        const int Points = 160;
        var curve = new List<(double X, double Y)>();
        for (int i = 0; i <= Points; i++)
        {
            double candidate = x.Low * Math.Pow(x.High / x.Low, (double)i / Points);
            curve.Add((x.At(candidate), y.At(limit.ShareAbove(candidate))));
        }

        chart.FillBetween("range", curve, [.. curve.Select(point => (point.X, chart.Bottom))]);
        chart.DrawLine("norm", curve);
        if (limit.IsFixed && double.IsFinite(limit.Limit))
            chart.DrawVertical("limit", x.At(limit.Limit), $"recorded: {Numbers.Short(limit.Limit)}", 0);
        if (recommended is { } number && number != limit.Limit)
            chart.DrawVertical("recommended", x.At(number), $"recommended: {Numbers.Short(number)}", 1);
        return chart.Draw();
    }

    /// <summary>The axis of the steps.</summary>
    internal static Scale Steps(long steps) => Scale.Linear(steps > 1 ? 1 : 0, Math.Max(steps, 1), Chart.Left, Chart.Right, 5);

    /// <summary>The step in the middle of a column.</summary>
    internal static double Middle(int column, long stride, long steps)
    {
        long first = (column * stride) + 1;
        long last = Math.Min(first + stride - 1, steps);
        return (first + last) / 2.0;
    }

    private static string OverSteps(
        LimitRecord limit, string label, string kind, bool fills, Func<LimitColumn, double> value, Func<double, string> text)
    {
        var chart = new Chart(210, label);
        Scale x = Steps(limit.Timeline.Steps);
        var y = Scale.Linear(0, 1, chart.Bottom, Chart.Top, 2);
        chart.DrawAxes(x, y, "step", Html.Count, text);
        var points = new List<(double X, double Y)>();
        for (int i = 0; i < limit.Timeline.Columns.Length; i++)
            points.Add((x.At(Middle(i, limit.Timeline.Stride, limit.Timeline.Steps)), y.At(value(limit.Timeline.Columns[i]))));
        if (fills)
            chart.FillBetween(kind, points, [.. points.Select(point => (point.X, chart.Bottom))]);
        else
            chart.DrawLine(kind, points);
        return chart.Draw();
    }

    // Extends the line of the limit to both edges, even if there are few columns.
    private static List<(double X, double Y)> Across(List<(double X, double Y)> points) =>
        points.Count == 0 ? points : [(Chart.Left, points[0].Y), .. points, (Chart.Right, points[^1].Y)];
}
