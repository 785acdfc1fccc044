using ClipGen.Observing;

namespace ClipGen.Tests.Observing;

/// <summary>Compares quantiles of a sketch with those of the sorted values.</summary>
public sealed class QuantileSketchTests
{
    private static readonly double[] Shares = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];

    public static TheoryData<string> Distributions =>
        ["uniform", "log-normal", "two peaks", "constant", "with zeros", "tiny", "huge", "subnormal"];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void A_quantile_is_within_the_relative_error(string distribution)
    {
        foreach (int count in new[] { 1, 2, 3, 10, 1000, 50_000 })
        {
            double[] values = Draw(distribution, count);
            QuantileSketch sketch = Of(values);
            Array.Sort(values);
            foreach (double share in Shares)
            {
                double exact = Exact(values, share);
                double least = distribution == "subnormal" ? double.Epsilon * (1L << 45) : 0;
                Assert.InRange(sketch.Quantile(share), (exact * (1 - QuantileSketch.RelativeError)) - least,
                    (exact * (1 + QuantileSketch.RelativeError)) + least);
            }

            Assert.Equal(values[0], sketch.Minimum);
            Assert.Equal(values[^1], sketch.Maximum);
            Assert.Equal(count, sketch.Count);
        }
    }

    [Fact]
    public void The_count_above_a_bound_is_that_of_the_values_up_to_the_bound_s_bucket()
    {
        double[] values = Draw("log-normal", 20_000);
        QuantileSketch sketch = Of(values);
        foreach (double bound in new[] { 0, 1e-3, 0.1, 0.5, 1, 2, 7.3, 1e6 })
        {
            int most = values.Count(value => value > bound * (1 - (2 * QuantileSketch.RelativeError)));
            int least = values.Count(value => value > bound * (1 + (2 * QuantileSketch.RelativeError)));
            Assert.InRange(sketch.CountAbove(bound), least, most);
        }
    }

    [Fact]
    public void Values_over_the_whole_range_take_bounded_memory_and_keep_the_upper_quantiles()
    {
        var sketch = new QuantileSketch();
        var values = new List<double>();
        for (int exponent = -300; exponent <= 300; exponent++)
        {
            values.Add(Math.Pow(10, exponent));
            sketch.Add(values[^1]);
        }

        Assert.InRange(sketch.Size, 1, QuantileSketch.MostBuckets * 8L);
        Assert.Equal(values[^1], sketch.Maximum);
        Assert.InRange(sketch.Quantile(590 / 600.0), values[590] * (1 - QuantileSketch.RelativeError),
            values[590] * (1 + QuantileSketch.RelativeError));
    }

    [Fact]
    public void The_order_of_the_values_does_not_matter()
    {
        double[] values = Draw("two peaks", 5000);
        QuantileSketch forward = Of(values);
        Array.Reverse(values);
        QuantileSketch backward = Of(values);
        foreach (double share in Shares)
            Assert.Equal(forward.Quantile(share), backward.Quantile(share));
    }

    [Fact]
    public void Two_sketches_added_are_that_of_all_values()
    {
        double[] first = Draw("tiny", 700);
        double[] second = Draw("log-normal", 900);
        QuantileSketch sum = Of(first);
        sum.Add(Of(second));
        QuantileSketch all = Of([.. first, .. second]);
        Assert.Equal(all.Count, sum.Count);
        foreach (double share in Shares)
            Assert.Equal(all.Quantile(share), sum.Quantile(share));
    }

    [Fact]
    public void What_was_written_is_read_and_goes_on_the_same()
    {
        double[] values = Draw("with zeros", 1000);
        QuantileSketch sketch = Of(values);
        byte[] bytes = Bytes(sketch);
        QuantileSketch read = QuantileSketch.Read(new BinaryReader(new MemoryStream(bytes)));
        Assert.Equal(bytes, Bytes(read));
        foreach (double value in Draw("log-normal", 500))
        {
            sketch.Add(value);
            read.Add(value);
        }

        Assert.Equal(Bytes(sketch), Bytes(read));
    }

    [Fact]
    public void A_state_that_contradicts_itself_is_refused()
    {
        byte[] bytes = Bytes(Of(Draw("uniform", 100)));
        Assert.Throws<EndOfStreamException>(() => QuantileSketch.Read(new BinaryReader(new MemoryStream(bytes[..^3]))));
        bytes[0]++;
        Assert.Throws<InvalidDataException>(() => QuantileSketch.Read(new BinaryReader(new MemoryStream(bytes))));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void Only_finite_values_from_0_on_are_taken(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantileSketch().Add(value));

    [Fact]
    public void A_cleared_sketch_is_empty()
    {
        QuantileSketch sketch = Of(Draw("uniform", 100));
        sketch.Clear();
        Assert.Equal((0, 0.0, 0.0), (sketch.Count, sketch.Sum, sketch.Quantile(0.5)));
    }

    private static double Exact(double[] sorted, double share)
    {
        double rank = share * (sorted.Length - 1);
        int lower = (int)rank;
        return lower + 1 < sorted.Length ? sorted[lower] + ((rank - lower) * (sorted[lower + 1] - sorted[lower])) : sorted[lower];
    }

    private static double[] Draw(string distribution, int count)
    {
        var random = new Random(7);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[i] = distribution switch
            {
                "uniform" => random.NextDouble(),
                "log-normal" => Math.Exp(2 * normal),
                "two peaks" => random.NextDouble() < 0.5 ? 1 + (0.01 * random.NextDouble()) : 1000 + random.NextDouble(),
                "constant" => 0.7,
                "with zeros" => random.NextDouble() < 0.3 ? 0 : Math.Abs(normal),
                "tiny" => 1e-200 * Math.Exp(normal),
                "huge" => 1e300 * random.NextDouble(),
                _ => double.Epsilon * random.NextInt64(1L << 50),
            };
        }

        return values;
    }

    private static QuantileSketch Of(double[] values)
    {
        var sketch = new QuantileSketch();
        foreach (double value in values)
            sketch.Add(value);
        return sketch;
    }

    private static byte[] Bytes(QuantileSketch sketch)
    {
        var stream = new MemoryStream();
        sketch.Write(new BinaryWriter(stream));
        return stream.ToArray();
    }
}
