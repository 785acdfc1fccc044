using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>
/// Unrolled code computes the factor for the elements in a second way, which does not wait for the square root. Where both ways round to
/// different numbers, the elements must still be multiplied by the rounded quotient of limit and norm.
/// </summary>
public sealed class UnrolledFactorTests
{
    [Fact]
    public void Elements_are_multiplied_by_the_rounded_quotient()
    {
        var random = new Random(14);
        var unrolled = new ProvenGradients();
        int different = 0;
        for (int i = 0; i < 20_000; i++)
        {
            for (int j = 0; j < unrolled.A.Length; j++)
                unrolled.A[j] = random.NextSingle() - 0.5f;
            float[] called = [.. unrolled.A];
            double norm = unrolled.GradientNorm();

            // Near the middle of two floats, the last bit of a double decides.
            float below = float.BitDecrement(random.NextSingle());
            double limit = ((double)below + float.BitIncrement(below)) / 2 * norm;
            for (int steps = random.Next(4); steps > 0; steps--)
                limit = Math.BitIncrement(limit);
            if ((float)(norm * (limit * (1 / (norm * norm)))) != (float)(limit / norm))
                different++;

            ClipResult expected = GradientOperations.Clip(new ArraySource(called), ClipRule.Norm(limit));
            Assert.Equal(expected, unrolled.ClipGradients(limit));
            Assert.True(expected.Clipped);
            Exact.AssertSameBits(called, unrolled.A);
        }

        Assert.True(different > 1000, $"The two ways differ in only {different} trials.");
    }
}
