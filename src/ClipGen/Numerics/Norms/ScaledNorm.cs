using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Norms;

/// <summary>A norm as a product, so that one beyond the range of <see cref="double"/> can still be scaled by.</summary>
/// <param name="Largest">The largest magnitude, or 1.</param>
/// <param name="Ratio">The norm in units of <paramref name="Largest"/>.</param>
internal readonly record struct ScaledNorm(double Largest, double Ratio)
{
    // 2^1000. A factor below the normal doubles, times this, is normal and less than 1, so that gradients times 1/Shift first lose nothing
    // that the product keeps; and shifting by a power of two rounds nothing.
    private const double Shift = 1.0715086071862673e+301;

    internal double Value => Largest * Ratio;

    /// <summary>Whether the gradients have to be scaled to come within <paramref name="limit"/>.</summary>
    /// <remarks>
    /// A NaN norm exceeds every limit but an infinite one, which leaves everything. A norm of 0 exceeds none, however large epsilon is:
    /// there is nothing to scale.
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
