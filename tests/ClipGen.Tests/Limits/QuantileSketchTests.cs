using ClipGen.Observing;

namespace ClipGen.Tests.Limits;

/// <summary>Quantiles against those of the sorted numbers.</summary>
public sealed class QuantileSketchTests
{
    private static readonly double[] Quantiles = [0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.999, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(QuantileSketch.MostExact)]
    public void Few_numbers_are_exact(int count)
    {
        var random = new Random(count);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() + 1e-9)];
        QuantileSketch sketch = Filled(values);

        Assert.Equal(0, sketch.RelativeError);
        foreach (double quantile in Quantiles)
            Exact.AssertClose(QuantileOf(values, quantile), sketch.Quantile(quantile), 1e-15);
    }

    [Theory]
    [InlineData(0.001, 1e-3)]
    [InlineData(3, 1e-3)]
    [InlineData(15, 4.1e-3)]
    [InlineData(300, 0.13)]
    public void Many_numbers_are_within_the_error(double spread, double mostError)
    {
        // Numbers from exp(−spread/2) to exp(spread/2).
        var random = new Random(5);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Math.Exp(spread * (random.NextDouble() - 0.5)))];
        QuantileSketch sketch = Filled(values);

        Assert.InRange(sketch.RelativeError, 1e-5, mostError);
        foreach (double quantile in Quantiles)
            Exact.AssertClose(QuantileOf(values, quantile), sketch.Quantile(quantile), sketch.RelativeError);
    }

    [Fact]
    public void One_number_more_is_as_if_it_was_added()
    {
        var random = new Random(7);
        var sketch = new QuantileSketch();
        for (int i = 0; i < 6000; i++)
        {
            double value = Math.Exp(8 * random.NextDouble());
            double[] expected = [.. Quantiles.Select(quantile => sketch.QuantileWith(quantile, value))];
            double error = sketch.RelativeError;
            sketch.Add(value);
            for (int j = 0; j < Quantiles.Length; j++)
                Exact.AssertClose(sketch.Quantile(Quantiles[j]), expected[j], 1e-15 + (4 * Math.Max(error, sketch.RelativeError)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_read_state_goes_on_with_the_same_bits(int count)
    {
        var random = new Random(11);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => Math.Exp(20 * random.NextDouble()))];
        QuantileSketch sketch = Filled(values);
        var read = new QuantileSketch();
        Assert.True(read.TryRead(sketch.ToArray(), sketch.Count));
        for (int i = 0; i < 3000; i++)
        {
            double value = Math.Exp(25 * random.NextDouble());
            sketch.Add(value);
            read.Add(value);
            Assert.Equal(sketch.Quantile(0.1), read.Quantile(0.1));
        }

        Assert.Equal(sketch.ToArray(), read.ToArray());
    }

    [Fact]
    public void A_state_that_contradicts_itself_is_refused()
    {
        QuantileSketch sketch = Filled([.. Enumerable.Range(1, 5000).Select(i => (double)i)]);
        double[] state = sketch.ToArray();
        var read = new QuantileSketch();
        read.Add(3);

        Assert.False(read.TryRead(state, 4999));
        Assert.False(read.TryRead(state.AsSpan(0, state.Length - 1), 5000));
        Assert.False(read.TryRead([2, 1], 2));
        Assert.False(read.TryRead([1, double.NaN], 2));
        for (int i = 0; i < 5; i++)
        {
            double[] changed = [.. state];
            changed[i] = -1;
            Assert.False(read.TryRead(changed, 5000));
        }

        Assert.Equal((1, 3), (read.Count, read.Quantile(0.5)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Numbers_that_are_not_positive_and_finite_are_refused(double value)
    {
        var sketch = new QuantileSketch();

        Assert.Throws<ArgumentOutOfRangeException>(() => sketch.Add(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => sketch.QuantileWith(0.5, value));
        Assert.Equal(0, sketch.Count);
    }

    [Fact]
    public void Numbers_at_the_ends_of_the_range_are_counted()
    {
        QuantileSketch sketch = Filled(
            [.. Enumerable.Range(0, 3000).Select(i => i % 3 == 0 ? double.MaxValue : i % 3 == 1 ? double.Epsilon : 1)]);

        Assert.Equal(double.Epsilon, sketch.Quantile(0));
        Assert.Equal(double.MaxValue, sketch.Quantile(1));
        Exact.AssertClose(1, sketch.Quantile(0.5), sketch.RelativeError);
    }

    private static QuantileSketch Filled(double[] values)
    {
        var sketch = new QuantileSketch();
        foreach (double value in values)
            sketch.Add(value);
        return sketch;
    }

    // As NumPy's percentile.
    private static double QuantileOf(double[] values, double quantile)
    {
        double[] sorted = [.. values.Order()];
        double rank = quantile * (sorted.Length - 1);
        int lower = (int)rank;
        return lower + 1 == sorted.Length ? sorted[lower] : sorted[lower] + ((rank - lower) * (sorted[lower + 1] - sorted[lower]));
    }
}
