using ClipGen.Numerics.Kernels;

namespace ClipGen.Tests;

/// <summary>Norms that are exact except for the last bits of a double: compensated sums of scaled elements, without vectors.</summary>
internal static class Exact
{
    internal static double Norm(double order, params Array?[] gradients) => NormOf(order, Elements(gradients));

    internal static double NormOf(double order, double[] elements)
    {
        double largest = elements.Length == 0 ? 0 : elements.Max(Math.Abs);
        if (largest == 0 || !double.IsFinite(largest) || double.IsPositiveInfinity(order))
            return largest;

        // Neumaier's sum.
        double sum = 0;
        double lost = 0;
        foreach (double element in elements)
        {
            double power = Math.Pow(Math.Abs(element) / largest, order);
            double next = sum + power;
            lost += sum >= power ? sum - next + power : power - next + sum;
            sum = next;
        }

        return largest * Math.Pow(sum + lost, 1 / order);
    }

    internal static double[] Elements(params Array?[] gradients) =>
        [.. gradients.SelectMany(gradient => gradient switch
        {
            null => [],
            float[] floats => floats.Select(x => (double)x),
            _ => gradient.Cast<object>().Select(ToDouble),
        })];

    internal static double ToDouble(object element) => element switch
    {
        float single => single,
        Half half => (double)half,
        BFloat16 half => half.ToSingle(),
        _ => (double)element,
    };

    /// <summary>Asserts equality within a relative error.</summary>
    internal static void AssertClose(double expected, double actual, double tolerance = 1e-6, string? because = null)
    {
        // Without this, every value would be within the tolerance of infinity.
        if (expected.Equals(actual) || (double.IsFinite(expected) && Math.Abs(expected - actual) <= tolerance * Math.Abs(expected)))
            return;
        Assert.Fail($"Expected {expected:R}, but got {actual:R}, which is "
            + $"{Math.Abs(expected - actual) / Math.Abs(expected):G3} off. {because}");
    }

    internal static void AssertClose(IReadOnlyList<double> expected, Array actual, double tolerance = 1e-6)
    {
        double[] elements = Elements(actual);
        Assert.Equal(expected.Count, elements.Length);
        for (int i = 0; i < elements.Length; i++)
            AssertClose(expected[i], elements[i], tolerance, $"Element {i}.");
    }

    /// <summary>Asserts that two buffers have the same bits, including NaN and −0.</summary>
    internal static void AssertSameBits(Array expected, Array actual)
    {
        Assert.Equal(expected.GetType(), actual.GetType());
        Assert.Equal(Bits(expected), Bits(actual));
    }

    internal static long[] Bits(Array gradient) => gradient switch
    {
        float[] floats => [.. floats.Select(x => (long)BitConverter.SingleToInt32Bits(x))],
        double[] doubles => [.. doubles.Select(BitConverter.DoubleToInt64Bits)],
        Half[] halves => [.. halves.Select(x => (long)BitConverter.HalfToInt16Bits(x))],
        BFloat16[] halves => [.. halves.Select(x => (long)x.Bits)],
        _ => throw new ArgumentException("Not a gradient.", nameof(gradient)),
    };
}
