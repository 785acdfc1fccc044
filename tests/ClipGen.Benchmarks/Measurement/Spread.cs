using System.Globalization;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>A median and the quartiles around it.</summary>
/// <param name="Lower">A quarter of the values lies below.</param>
/// <param name="Median">Half of the values lie below.</param>
/// <param name="Upper">A quarter of the values lies above.</param>
public readonly record struct Spread(double Lower, double Median, double Upper)
{
    /// <summary>The spread of <paramref name="values"/>.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75));
    }

    /// <summary>Formats the median and the quartiles as in the tables: <c>2.0 (1.8–2.3)</c>.</summary>
    /// <param name="format">The format of each number.</param>
    public string ToString(string format)
    {
        return $"{Written(Median)} ({Written(Lower)}–{Written(Upper)})";

        string Written(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    // Interpolates between neighbors, as R and NumPy do by default.
    private static double Quantile(double[] sorted, double fraction)
    {
        double position = fraction * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
