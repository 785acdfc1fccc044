using ClipGen.Numerics.Kernels;

namespace ClipGen.Tests.Numerics;

/// <summary>Sums of buffers that are long enough to be read in several parts at a time.</summary>
public sealed class LongSumTests
{
    public static TheoryData<int> Lengths =>
        [32_767, 32_768, 32_769, 33_023, 33_024, 33_791, 40_003, 158_000, (1 << 18) - 1, (1 << 18) + 32_769];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_element_counts_once(int length)
    {
        var random = new Random(length);
        float[] gradient = new float[length];
        for (int trial = 0; trial < 200; trial++)
        {
            // At boundaries of parts and vectors, and at other positions.
            int position = trial < 20 ? trial * (length - 1) / 19 : random.Next(length);
            gradient[position] = 3;
            Assert.Equal(9, GradientElements.SumOfSquares<float>(gradient));
            gradient[position] = 0;
        }

        Array.Fill(gradient, 2);
        Assert.Equal(4.0 * length, GradientElements.SumOfSquares<float>(gradient));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sums_are_those_of_a_sum_in_double(int length)
    {
        var random = new Random(length);
        float[] gradient = [.. Enumerable.Range(0, length)
            .Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 3))))];

        double expected = gradient.Sum(element => (double)element * element);
        Exact.AssertClose(expected, GradientElements.SumOfSquares<float>(gradient), 2e-6);

        Exact.AssertClose(gradient.Sum(element => Math.Abs((double)element)), Gradients.Norm(gradient, normType: 1), 1e-6);
    }
}
