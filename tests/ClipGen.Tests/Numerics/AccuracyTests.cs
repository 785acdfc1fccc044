using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>
/// Over the whole range of numbers, norms have a relative error below 1e-6, and clipped gradients have the limit as their norm within 1e-6.
/// </summary>
public sealed class AccuracyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.5)]
    [InlineData(3.5)]
    public void Magnitudes_from_1e_minus_30_to_1e30(double order)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            double low = -30 + (random.NextDouble() * 50);
            double high = low + (random.NextDouble() * (30 - low));
            int length = random.Next(1, 3000);
            float[] first = [.. Enumerable.Range(0, length)
                .Select(_ => (float)(Math.Pow(10, low + (random.NextDouble() * (high - low))) * random.Next(-1, 2)))];
            double[] second = [.. Enumerable.Range(0, random.Next(0, 100))
                .Select(_ => Math.Pow(10, low + (random.NextDouble() * (high - low))))];
            double expected = Exact.Norm(order, first, second);
            string because = $"Seed {seed}, 1e{low:F1} to 1e{high:F1}.";

            Exact.AssertClose(expected, GradientOperations.Norm(new ArraySource(first, second), order), because: because);
            if (expected == 0)
                continue;
            double limit = Math.Pow(10, random.NextDouble() * 4 * -1) * expected;
            ClipResult result = GradientOperations.Clip(new ArraySource(first, second), ClipRule.Norm(limit, order));

            Exact.AssertClose(expected, result.TotalNorm, because: because);

            // Elements near the smallest float lose bits when they are scaled down. Only results in the normal range are compared.
            if (limit > 1e-30)
                Exact.AssertClose(limit, Exact.Norm(order, first, second), because: because);
        }
    }

    // Repeated addition of one value rounds in the same direction every time, which is the worst case for a sum. The values are 1/3, values
    // whose low bits are just below half of the last place of a later sum, and random ones.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Equal_elements_are_the_hardest(double order)
    {
        var random = new Random(3);
        var gradient = new float[20_000];
        for (int trial = 0; trial < 400; trial++)
        {
            float value = trial switch
            {
                0 => 1 / 3f,
                < 24 => 1 + MathF.ScaleB(1, -trial) - MathF.ScaleB(1, -23),
                < 46 => MathF.Sqrt(1 + MathF.ScaleB(1, 23 - trial) - MathF.ScaleB(1, -23)),
                _ => 1 + random.NextSingle(),
            };
            Array.Fill(gradient, value);

            Exact.AssertClose(
                order == 1 ? value * 20_000.0 : Math.Sqrt(20_000) * value,
                GradientOperations.Norm(new ArraySource(gradient), order),
                because: $"Value {value:R}.");
        }
    }

    [Fact]
    public void Sparse_gradients()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var gradient = new float[random.Next(1, 50_000)];
            for (int i = random.Next(1, 5); i > 0; i--)
                gradient[random.Next(gradient.Length)] = random.NextSingle() - 0.5f;
            double expected = Exact.Norm(2, gradient);

            Exact.AssertClose(expected, GradientOperations.Norm(new ArraySource(gradient)), because: $"Seed {seed}.");
        }
    }

    // TorchSharp's CPU path gave 960.05 here.
    [Fact]
    public void A_hundred_million_elements()
    {
        var gradient = new float[100_000_000];
        Array.Fill(gradient, 0.1f);
        var source = new ArraySource(gradient);

        Exact.AssertClose(1000.0000149, GradientOperations.Norm(source));
        ClipResult result = GradientOperations.Clip(source, ClipRule.Norm(1));

        Exact.AssertClose(1000, result.TotalNorm);
        Exact.AssertClose(1, Math.Sqrt(1e8) * gradient[^1]);
        Assert.Equal(gradient[0], gradient[^1]);
    }

    [Theory]
    [InlineData(1e300, 1e-10)]
    [InlineData(1e308, 1)]
    [InlineData(1e308, 1e-200)]
    [InlineData(1e200, 1e-290)]
    public void A_factor_beyond_the_normal_doubles_is_still_applied(double value, double limit)
    {
        double[] gradient = [value, -value, value, value, value / 2];

        ClipResult result = GradientOperations.Clip(new ArraySource(gradient), ClipRule.Norm(limit));

        Assert.True(result.IsFinite);
        Assert.True(result.Clipped);
        Exact.AssertClose(limit, Exact.Norm(2, gradient), 1e-12);
        Assert.Equal(-gradient[0], gradient[1]);
        Assert.Equal(gradient[0] / 2, gradient[4]);
    }

    [Fact]
    public void A_norm_beyond_the_largest_double_is_infinite_and_clips()
    {
        double[] gradient = [.. Enumerable.Repeat(double.MaxValue, 4)];

        ClipResult result = GradientOperations.Clip(new ArraySource(gradient), ClipRule.Norm(3));

        Assert.Equal(double.PositiveInfinity, result.TotalNorm);
        Assert.True(result.IsFinite);
        Exact.AssertClose([1.5, 1.5, 1.5, 1.5], gradient, 1e-12);
    }

    [Fact]
    public void A_factor_that_is_no_normal_float_does_not_flush_to_zero()
    {
        float[] gradient = [3e38f, -1e38f, 1e37f];
        double norm = Exact.Norm(2, gradient);

        GradientOperations.Clip(new ArraySource(gradient), ClipRule.Norm(1e-6));

        Exact.AssertClose([3e38f * (1e-6 / norm), -1e38f * (1e-6 / norm), 1e37f * (1e-6 / norm)], gradient, 1e-7);
    }

    [Fact]
    public void Subnormal_gradients_have_a_norm_and_clip()
    {
        float[] singles = [.. Enumerable.Repeat(float.Epsilon * 1000, 16)];
        double[] doubles = [.. Enumerable.Repeat(double.Epsilon * 1000, 16)];

        Exact.AssertClose(4000.0 * float.Epsilon, GradientOperations.Norm(new ArraySource(singles)));
        Exact.AssertClose(4000.0 * double.Epsilon, GradientOperations.Norm(new ArraySource(doubles)));
        Assert.Equal(16000.0 * float.Epsilon, GradientOperations.Norm(new ArraySource(singles), 1));

        GradientOperations.Clip(new ArraySource(singles), ClipRule.Norm(400.0 * float.Epsilon));
        GradientOperations.Clip(new ArraySource(doubles), ClipRule.Norm(400 * double.Epsilon));
        Assert.All(singles, x => Assert.Equal(100 * float.Epsilon, x));
        Assert.All(doubles, x => Assert.Equal(100 * double.Epsilon, x));
    }

    // Each square of the small elements is less than half of the smallest float. Together they are a hundredth of the sum, which does not
    // show that they are missing.
    [Fact]
    public void Elements_whose_squares_vanish_one_by_one_count_together()
    {
        float[] gradient = [3.5e-20f, .. Enumerable.Repeat(2.6e-23f, 20_000)];

        Exact.AssertClose(Exact.Norm(2, gradient), GradientOperations.Norm(new ArraySource(gradient)));
    }

    [Fact]
    public void Float_double_and_half_make_one_norm()
    {
        float[] singles = [3, 0, 0];
        double[] doubles = [4];
        Half[] halves = [(Half)12];

        ClipResult result = GradientOperations.Clip(new ArraySource(singles, doubles, halves), ClipRule.Norm(6.5));

        Assert.Equal(13, result.TotalNorm);
        Assert.Equal(0.5, result.Scale);
        Exact.AssertSameBits(new float[] { 1.5f, 0, 0 }, singles);
        Exact.AssertSameBits(new double[] { 2 }, doubles);
        Exact.AssertSameBits(new[] { (Half)6 }, halves);
    }

    [Fact]
    public void Limits_beyond_a_type_still_clamp_its_infinities()
    {
        float[] singles = [float.PositiveInfinity, 1];
        Half[] halves = [Half.NegativeInfinity, (Half)1];

        ClipResult result = GradientOperations.Clip(new ArraySource(singles, halves), ClipRule.Value(1e300));

        Assert.Equal([float.MaxValue, 1], singles);
        Assert.Equal([Half.MinValue, (Half)1], halves);
        Assert.False(result.IsFinite);
        Assert.Equal("g0", result.NonFiniteGradient);
        Assert.Equal(double.PositiveInfinity, result.TotalNorm);
    }
}
