using System.Runtime.CompilerServices;
using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Kernels;

/// <summary>A norm whose sum one pass in the gradient's own precision gives, where its value is of ordinary size.</summary>
internal interface INormOrder
{
    /// <summary>Σ|x|^p of one buffer, or max|x|.</summary>
    static abstract double Reduce<T>(Span<T> gradient);

    /// <summary>Takes another buffer into the sum of several.</summary>
    static abstract void Combine(ref CompensatedSum total, double sum);

    /// <summary>The norm of a sum.</summary>
    static abstract double Root(double sum);

    /// <summary>
    /// Whether the sum can be trusted. An infinite or NaN sum may have overflowed; a tiny one may lack what underflowed
    /// (<see cref="Reduction"/> has the bound).
    /// </summary>
    static abstract bool IsExact(double sum);
}

/// <summary>The Euclidean norm.</summary>
internal readonly struct EuclideanNorm : INormOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Reduce<T>(Span<T> gradient) => GradientElements.SumOfSquares(gradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(ref CompensatedSum total, double sum) => total.Add(sum);

    public static double Root(double sum) => Math.Sqrt(sum);

    public static bool IsExact(double sum) => sum is >= 1e-24 and <= double.MaxValue;
}

/// <summary>The sum of magnitudes. It cannot underflow: sums of subnormal numbers are exact.</summary>
internal readonly struct TaxicabNorm : INormOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Reduce<T>(Span<T> gradient) => GradientElements.SumOfMagnitudes(gradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(ref CompensatedSum total, double sum) => total.Add(sum);

    public static double Root(double sum) => sum;

    public static bool IsExact(double sum) => double.IsFinite(sum);
}

/// <summary>The largest magnitude.</summary>
internal readonly struct LargestNorm : INormOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Reduce<T>(Span<T> gradient) => GradientElements.LargestMagnitude(gradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(ref CompensatedSum total, double sum) => total.Enlarge(sum);

    public static double Root(double sum) => sum;

    public static bool IsExact(double sum) => double.IsFinite(sum);
}
