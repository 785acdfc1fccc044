using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// Σx². The product is rounded before it is added, because a fused multiply-add would give other bits on hardware without it.
/// </summary>
internal readonly struct SumOfSquares<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static int BlockLength => typeof(T) == typeof(float) ? 16 * WidenedSum.RoundLength : Reduction.LongestBlock;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Accumulate(Vector512<T> lanes, Vector512<T> elements) => lanes + (elements * elements);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Accumulate(Vector256<T> lanes, Vector256<T> elements) => lanes + (elements * elements);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine(Vector512<T> left, Vector512<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Combine(Vector256<T> left, Vector256<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Combine(Vector128<T> left, Vector128<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(T lane) => double.CreateTruncating(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Combine(double left, double right) => left + right;

    public static double ReduceChunk(ref T first, nuint length) => typeof(T) == typeof(float)
        ? WidenedSum.Reduce<SumOfSquares<float>>(ref Unsafe.As<T, float>(ref first), length)
        : Reduction.ReduceBlocks<T, SumOfSquares<T>>(ref first, length);
}

/// <summary>Σ|x|.</summary>
internal readonly struct SumOfMagnitudes<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static int BlockLength => typeof(T) == typeof(float) ? 8 * WidenedSum.RoundLength : Reduction.LongestBlock;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Accumulate(Vector512<T> lanes, Vector512<T> elements) => lanes + Vector512.Abs(elements);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Accumulate(Vector256<T> lanes, Vector256<T> elements) => lanes + Vector256.Abs(elements);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine(Vector512<T> left, Vector512<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Combine(Vector256<T> left, Vector256<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Combine(Vector128<T> left, Vector128<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(T lane) => double.CreateTruncating(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Combine(double left, double right) => left + right;

    public static double ReduceChunk(ref T first, nuint length) => typeof(T) == typeof(float)
        ? WidenedSum.Reduce<SumOfMagnitudes<float>>(ref Unsafe.As<T, float>(ref first), length)
        : Reduction.ReduceBlocks<T, SumOfMagnitudes<T>>(ref first, length);
}

/// <summary>
/// max|x|, computed on the bits of the elements: without the sign bit they have the order of integers, and a NaN is greater than infinity,
/// so that it is kept. The floating-point maximum of vectors treats NaN differently on different instruction sets and runtime versions.
/// </summary>
/// <typeparam name="TBits">The signed integer of the element's size.</typeparam>
/// <typeparam name="TElement">The element.</typeparam>
internal readonly struct LargestMagnitude<TBits, TElement> : IReduction<TBits>
    where TBits : unmanaged, IBinaryInteger<TBits>, IMinMaxValue<TBits>
    where TElement : unmanaged
{
    public static int BlockLength => Reduction.LongestBlock;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<TBits> Accumulate(Vector512<TBits> lanes, Vector512<TBits> elements) =>
        Vector512.Max(lanes, elements & Vector512.Create(TBits.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<TBits> Accumulate(Vector256<TBits> lanes, Vector256<TBits> elements) =>
        Vector256.Max(lanes, elements & Vector256.Create(TBits.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<TBits> Combine(Vector512<TBits> left, Vector512<TBits> right) => Vector512.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<TBits> Combine(Vector256<TBits> left, Vector256<TBits> right) => Vector256.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<TBits> Combine(Vector128<TBits> left, Vector128<TBits> right) => Vector128.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(TBits lane) => WideElements.ToDouble(Unsafe.BitCast<TBits, TElement>(lane));

    // Math.Max returns NaN if an argument is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Combine(double left, double right) => Math.Max(left, right);

    public static double ReduceChunk(ref TBits first, nuint length) =>
        Reduction.ReduceBlocks<TBits, LargestMagnitude<TBits, TElement>>(ref first, length);
}
