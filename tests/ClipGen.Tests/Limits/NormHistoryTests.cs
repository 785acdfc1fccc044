using ClipGen.Numerics.Limits;
using ClipGen.Observing;

namespace ClipGen.Tests.Limits;

/// <summary>Compares quantiles of norms with those of the sorted norms.</summary>
public sealed class NormHistoryTests
{
    private static readonly double[] Shares = [0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.999, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(NormHistory.MostExact)]
    public void Quantiles_of_few_norms_are_exact(int count)
    {
        (NormHistory history, List<double> norms) = Filled(count, spread: 1);

        foreach (double share in Shares)
            Exact.AssertClose(QuantileOf(norms, share), history.Quantile(share), 1e-15);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(3)]
    [InlineData(40)]
    public void Quantiles_of_many_norms_are_within_the_error(double spread)
    {
        (NormHistory history, List<double> norms) = Filled(20_000, spread);

        foreach (double share in Shares)
            Exact.AssertClose(QuantileOf(norms, share), history.Quantile(share), QuantileSketch.RelativeError);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(500, 1e-15)]
    [InlineData(NormHistory.MostExact, 1e-15)]
    [InlineData(6000, QuantileSketch.RelativeError)]
    public void One_norm_more_is_as_if_it_was_added(int count, double tolerance)
    {
        (NormHistory history, List<double> norms) = Filled(count, spread: 8);
        var random = new Random(7);
        for (int i = 0; i < 100; i++)
        {
            double added = i switch { 0 => 1e-9, 1 => 1e9, _ => Math.Exp(10 * (random.NextDouble() - 0.5)) };
            List<double> all = [.. norms, added];
            foreach (double share in Shares)
                Exact.AssertClose(QuantileOf(all, share), history.QuantileWith(share, added), tolerance);
        }

        Assert.Equal(count, history.Count);
    }

    private static (NormHistory History, List<double> Norms) Filled(int count, double spread)
    {
        var random = new Random(count);
        List<double> norms = [.. Enumerable.Range(0, count).Select(_ => Math.Exp(spread * (random.NextDouble() - 0.5)))];
        var history = new NormHistory();
        foreach (double norm in norms)
            history.Add(norm);
        return (history, norms);
    }

    // The definition of NumPy's percentile.
    private static double QuantileOf(List<double> norms, double share)
    {
        double[] sorted = [.. norms.Order()];
        double rank = share * (sorted.Length - 1);
        int lower = (int)rank;
        return lower + 1 == sorted.Length ? sorted[lower] : sorted[lower] + ((rank - lower) * (sorted[lower + 1] - sorted[lower]));
    }
}
