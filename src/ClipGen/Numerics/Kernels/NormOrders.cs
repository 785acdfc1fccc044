using System.Runtime.CompilerServices;
using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Kernels;

/// <summary>A norm that one pass in the gradient's own precision computes, unless the sum is extremely small or large.</summary>
internal interface INormOrder
{
    /// <summary>Σ|x|^p of one buffer, or max|x|.</summary>
    static abstract double Reduce<T>(Span<T> gradient);

    /// <summary>Adds the sum of another buffer.</summary>
    static abstract void Combine(ref CompensatedSum total, double sum);

    /// <summary>The norm of a sum.</summary>
    static abstract double Root(double sum);

    /// <summary>
    /// Whether the sum is reliable. An infinite or NaN sum may have overflowed. A tiny sum may lack elements that underflowed
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

/// <summary>The L1 norm. It cannot underflow, because sums of subnormal numbers are exact.</summary>
internal readonly struct TaxicabNorm : INormOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Reduce<T>(Span<T> gradient) => GradientElements.SumOfMagnitudes(gradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(ref CompensatedSum total, double sum) => total.Add(sum);

    public static double Root(double sum) => sum;

    public static bool IsExact(double sum) => double.IsFinite(sum);
}

/// <summary>The infinity norm.</summary>
internal readonly struct LargestNorm : INormOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Reduce<T>(Span<T> gradient) => GradientElements.LargestMagnitude(gradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(ref CompensatedSum total, double sum) => total.Enlarge(sum);

    public static double Root(double sum) => sum;

    public static bool IsExact(double sum) => double.IsFinite(sum);
}
