using System.Numerics;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Compares powers with a whole exponent with exact ones.</summary>
public sealed class WholePowerTests
{
    private const double Negligible = 1e-20;

    public static TheoryData<double, long> Powers
    {
        get
        {
            var powers = new TheoryData<double, long>();
            foreach (double value in new[] { 0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 1 - 1e-12 })
            {
                foreach (long exponent in new long[] { 0, 1, 2, 3, 10, 63, 64, 100, 999, 1000, 4321 })
                    powers.Add(value, exponent);
            }

            return powers;
        }
    }

    [Theory]
    [MemberData(nameof(Powers))]
    public void Error_is_below_a_unit_in_the_last_place_or_changes_nothing_that_is_subtracted_from_one(double value, long exponent)
    {
        double power = WholePower.Of(value, exponent);

        double unit = Math.Max(Math.BitIncrement(power) - power, Negligible);
        Assert.Equal(1, 1 - Negligible);
        Assert.True(IsBetween(power - unit, value, exponent, power + unit), $"{value}^{exponent} is not {power:R}.");
    }

    [Fact]
    public void Power_that_no_double_holds_is_zero() => Assert.Equal(0, WholePower.Of(0.9, long.MaxValue));

    [Fact]
    public void Power_of_a_long_training()
    {
        double value = 1 - 1e-12;
        double expected = Math.Exp(1e12 * Math.Log(value));

        Exact.AssertClose(expected, WholePower.Of(value, 1_000_000_000_000), 1e-14);
    }

    // Checks low ≤ value^exponent ≤ high in integers: every double is an integer times a power of two.
    private static bool IsBetween(double low, double value, long exponent, double high)
    {
        (BigInteger mantissa, int scale) = Split(value);
        BigInteger power = BigInteger.Pow(mantissa, (int)exponent);
        long powerScale = scale * exponent;
        return Compare(Split(low), power, powerScale) <= 0 && Compare(Split(high), power, powerScale) >= 0;
    }

    private static int Compare((BigInteger Mantissa, int Scale) left, BigInteger right, long rightScale)
    {
        long scale = Math.Min(left.Scale, rightScale);
        return (left.Mantissa << (int)(left.Scale - scale)).CompareTo(right << (int)(rightScale - scale));
    }

    private static (BigInteger Mantissa, int Scale) Split(double value)
    {
        int scale = value == 0 ? 0 : Math.ILogB(value) - 60;
        return ((BigInteger)Math.ScaleB(value, -scale), scale);
    }
}
