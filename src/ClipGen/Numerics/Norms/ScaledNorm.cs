using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Norms;

/// <summary>A norm as a product, so that a norm greater than <see cref="double.MaxValue"/> can still be scaled to a limit.</summary>
/// <param name="Largest">The largest magnitude, or 1.</param>
/// <param name="Ratio">The norm in units of <paramref name="Largest"/>.</param>
internal readonly record struct ScaledNorm(double Largest, double Ratio)
{
    // 2^1000. A factor below the normal doubles, multiplied by Shift, is normal and less than 1. Gradients that are first multiplied by
    // 1/Shift therefore lose no digits that the product keeps, because a power of two does not round.
    private const double Shift = 1.0715086071862673e+301;

    internal double Value => Largest * Ratio;

    /// <summary>Whether the gradients must be scaled to come within <paramref name="limit"/>.</summary>
    /// <remarks>
    /// A NaN norm exceeds every limit except an infinite one, which changes nothing. A norm of 0 exceeds no limit, however large epsilon
    /// is, because there is nothing to scale.
    /// </remarks>
    internal bool Exceeds(double limit, double epsilon) => !double.IsPositiveInfinity(limit) && Value != 0 && !(Value + epsilon <= limit);

    /// <summary>limit / (norm + epsilon).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ScaleFactor FactorTo(double limit, double epsilon)
    {
        double factor = limit / (Value + epsilon);
        return double.IsNormal(factor) ? new ScaleFactor(factor) : ExtremeFactor(factor, this, limit, epsilon);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ScaleFactor ExtremeFactor(double factor, ScaledNorm norm, double limit, double epsilon)
    {
        if (double.IsNaN(factor) || !double.IsFinite(norm.Largest) || !double.IsFinite(norm.Ratio))
            return new ScaleFactor(factor);
        double second = norm.Value > 1
            ? limit / ((norm.Largest / Shift * norm.Ratio) + (epsilon / Shift))
            : limit * Shift / (norm.Value + epsilon);
        return new ScaleFactor(1 / Shift, second);
    }
}
