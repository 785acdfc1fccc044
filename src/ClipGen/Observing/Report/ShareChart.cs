using System.Globalization;
using System.Text;
using ClipGen.Observing.Recording;

namespace ClipGen.Observing.Report;

/// <summary>Which gradients make up the norm over a run.</summary>
internal static class ShareChart
{
    /// <summary>The most gradients with a colour of their own.</summary>
    internal const int MostColors = 6;

    private const int MostColumns = 256;

    /// <summary>The chart and its legend. Empty where no share is known.</summary>
    internal static string Draw(ModelRecord model)
    {
        if (!model.Gradients.Any(gradient => gradient.Steps > 0))
            return "";
        List<int> order = [.. Enumerable.Range(0, model.Gradients.Count).OrderByDescending(i => model.Gradients[i].ShareSum)];
        int colored = Math.Min(order.Count, MostColors);
        var chart = new Chart(290, "The share of each gradient in the squared norm at each step.");
        Scale x = LimitCharts.Steps(model.Shares.Steps);
        var y = Scale.Linear(0, 1, chart.Bottom, Chart.Top, 4);
        chart.DrawAxes(x, y, "step", Html.Count, Numbers.Percent);

        List<(double X, double[] Tops)> places = Stack(model, order, colored, x);
        List<(double X, double Y)> lower = [.. places.Select(place => (place.X, chart.Bottom))];
        for (int i = 0; i <= colored; i++)
        {
            List<(double X, double Y)> upper = [.. places.Select(place => (place.X, y.At(place.Tops[i])))];
            if (i < colored || order.Count > colored)
                chart.FillBetween(ClassOf(i, colored), upper, lower);
            lower = upper;
        }

        return chart.Draw() + Legend(model, order, colored);
    }

    // At every place, the sums of the shares up to each colour; the last is all.
    private static List<(double X, double[] Tops)> Stack(ModelRecord model, List<int> order, int colored, Scale x)
    {
        ReadOnlySpan<ShareColumn> columns = model.Shares.Columns;
        int joined = Math.Max(1, (columns.Length + MostColumns - 1) / MostColumns);
        var places = new List<(double X, double[] Tops)>();
        for (int first = 0; first < columns.Length; first += joined)
        {
            double[] sums = new double[model.Gradients.Count];
            for (int i = first; i < Math.Min(first + joined, columns.Length); i++)
            {
                for (int gradient = 0; gradient < columns[i].Sums.Length; gradient++)
                    sums[gradient] += columns[i].Sums[gradient];
            }

            double total = sums.Sum();
            if (total == 0)
                continue;
            double[] tops = new double[colored + 1];
            double top = 0;
            for (int i = 0; i < colored; i++)
                tops[i] = top += sums[order[i]] / total;
            tops[colored] = 1;
            places.Add((x.At(LimitCharts.Middle(first + (joined / 2), model.Shares.Stride, model.Shares.Steps)), tops));
        }

        return places;
    }

    private static string Legend(ModelRecord model, List<int> order, int colored)
    {
        var text = new StringBuilder("<table class=\"legend\"><thead><tr><th scope=\"col\">gradient</th><th scope=\"col\">average share"
            + "</th>"
            + "<th scope=\"col\">steps where largest</th></tr></thead><tbody>\n");
        for (int i = 0; i < colored; i++)
        {
            GradientRecord gradient = model.Gradients[order[i]];
            Append(ClassOf(i, colored), gradient.Name, gradient.Share, gradient.Dominant);
        }

        if (order.Count > colored)
        {
            IEnumerable<GradientRecord> others = order.Skip(colored).Select(i => model.Gradients[i]);
            double share = others.Sum(gradient => gradient.Share);
            Append(ClassOf(colored, colored), Other(order.Count - colored), share, others.Sum(gradient => gradient.Dominant));
        }

        return text.Append("</tbody></table>\n").ToString();

        void Append(string kind, string name, double average, long dominant)
        {
            long steps = model.Gradients.Max(gradient => gradient.Steps);
            text.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td><span class=\"key {kind}\"></span><code>{Html.Name(name)}</code></td>"
                + $"<td>{Numbers.Percent(Math.Min(average, 1))}</td>"
                + $"<td>{Numbers.Percent((double)dominant / steps)}</td></tr>\n");
        }
    }

    private static string Other(int count) => count == 1 ? "1 other" : FormattableString.Invariant($"{count} others");

    private static string ClassOf(int number, int colored) => number == colored ? "others" : FormattableString.Invariant($"s{number}");
}
