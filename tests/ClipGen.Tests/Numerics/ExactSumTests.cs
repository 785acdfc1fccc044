using System.Numerics;
using ClipGen.Numerics;
using ClipGen.Numerics.Sums;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Sums over buffers are rounded only once, so that they do not depend on the order of the buffers.</summary>
public sealed class ExactSumTests
{
    private static readonly double[][] Special =
    [
        [],
        [0],
        [double.Epsilon],
        [double.MaxValue],
        [double.MaxValue, double.MaxValue],
        [1, double.Epsilon],
        [1, 1.1102230246251565e-16],
        [1, 1.1102230246251565e-16, double.Epsilon],
        [1 + 2.220446049250313e-16, 1.1102230246251565e-16],
        [4503599627370496, 0.5, 0.5],
        [2.2250738585072014e-308, 4.9e-324, 1e-310],
    ];

    [Fact]
    public void A_sum_is_the_nearest_number_to_the_exact_one()
    {
        var random = new Random(3);
        IEnumerable<double[]> cases = [.. Special, .. Enumerable.Range(0, 300).Select(i => Terms(random, i % 40, (i % 7) * 40))];
        foreach (double[] terms in cases)
        {
            double expected = Oracle(terms);
            var exact = new ExactSum();
            var compensated = new CompensatedSum();
            foreach (double term in terms)
            {
                exact.Add(term);
                compensated.Add(term);
            }

            Assert.Equal(expected, exact.Round());
            if (compensated.TryRound(out double sum))
                Assert.Equal(expected, sum);
        }
    }

    [Fact]
    public void Terms_of_ordinary_size_seldom_need_the_exact_sum()
    {
        var random = new Random(4);
        int rounded = 0;
        for (int i = 0; i < 1000; i++)
        {
            var compensated = new CompensatedSum();
            foreach (double term in Terms(random, 100, 20))
                compensated.Add(term);
            rounded += compensated.TryRound(out _) ? 1 : 0;
        }

        Assert.Equal(1000, rounded);
    }

    [Fact]
    public void The_middle_between_two_numbers_is_left_to_the_exact_sum()
    {
        var compensated = new CompensatedSum();
        compensated.Add(1);
        compensated.Add(1.1102230246251565e-16);
        compensated.Add(1e-40);

        Assert.False(compensated.TryRound(out _));
        Assert.True(compensated.IsFinite);
    }

    [Fact]
    public void What_is_not_finite_is_not_lost()
    {
        foreach (double term in new[] { double.NaN, double.PositiveInfinity })
        {
            var exact = new ExactSum();
            exact.Add(1);
            exact.Add(term);
            var compensated = new CompensatedSum();
            compensated.Add(1);
            compensated.Add(term);

            Assert.Equal(double.NaN, exact.Round());
            Assert.False(compensated.TryRound(out _));
            Assert.False(compensated.IsFinite);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(double.PositiveInfinity)]
    public void A_norm_does_not_depend_on_the_order_of_the_buffers(double order)
    {
        var random = new Random(5);
        for (int i = 0; i < 50; i++)
        {
            Array[] buffers = [.. Enumerable.Range(0, 30).Select(_ => (Array)Floats(random, random.Next(1, 200)))];
            double norm = GradientOperations.Norm(new ArraySource(buffers), order);
            random.Shuffle(buffers);

            Assert.Equal(norm, GradientOperations.Norm(new ArraySource(buffers), order));
        }
    }

    [Fact]
    public void A_norm_whose_sum_lies_in_the_middle_between_two_numbers_does_not_either()
    {
        // The squares are 2^53, 1 and 2^-80. The exact sum is a little more than the midpoint between two doubles.
        Array[] buffers = [new double[] { Math.ScaleB(1, 26) * Math.Sqrt(2) }, new double[] { 1 }, new double[] { Math.ScaleB(1, -40) }];
        double largest = Math.ScaleB(1, 26) * Math.Sqrt(2) * (Math.ScaleB(1, 26) * Math.Sqrt(2));
        double expected = Math.Sqrt(Oracle([largest, 1, Math.ScaleB(1, -80)]));
        foreach (int[] order in new int[][] { [0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1] })
            Assert.Equal(expected, GradientOperations.Norm(new ArraySource([.. order.Select(i => buffers[i])])));
    }

    private static double[] Terms(Random random, int count, int range) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.ScaleB(random.NextDouble(), random.Next(-range, range + 1)))];

    private static float[] Floats(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Exp(6 * random.NextDouble())))];

    // The exact sum as an integer in units of the smallest double, rounded by its digits.
    private static double Oracle(IEnumerable<double> terms)
    {
        BigInteger sum = BigInteger.Zero;
        foreach (double term in terms)
        {
            long bits = BitConverter.DoubleToInt64Bits(term);
            int exponent = (int)(bits >> 52) & 0x7FF;
            BigInteger mantissa = (bits & ((1L << 52) - 1)) | (exponent > 0 ? 1L << 52 : 0);
            sum += mantissa << (Math.Max(exponent, 1) - 1);
        }

        int excess = (int)sum.GetBitLength() - 53;
        if (excess <= 0)
            return Math.ScaleB((double)(long)sum, -1074);
        BigInteger half = BigInteger.One << (excess - 1);
        BigInteger quotient = sum >> excess;
        BigInteger rest = sum - (quotient << excess);
        if (rest > half || (rest == half && !quotient.IsEven))
            quotient += 1;
        return Math.ScaleB((double)(long)quotient, excess - 1074);
    }
}
