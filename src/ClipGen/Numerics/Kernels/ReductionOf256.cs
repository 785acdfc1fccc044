using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The loop of <see cref="Reduction"/> over half vectors, for hardware with at most 256-bit vectors: the same lanes, order and bits. For
/// 512-bit vectors, the JIT sometimes generates code on such hardware that keeps the lanes on the stack. With AVX-512 disabled, summing 8
/// buffers of 256 floats then took 71, 131 or 422 ns in different processes. This loop takes 89 ns in all of them.
/// </summary>
internal static class ReductionOf256
{
    /// <summary>Whether to use this loop on the current hardware. Constant when the JIT compiles a method.</summary>
    internal static bool IsBest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated && !Vector512.IsHardwareAccelerated;
    }

    /// <summary>Reduces at least four 512-bit vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ReduceBlock<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        (Vector256<T> low, Vector256<T> high) = AccumulateBlock<T, TReduction>(ref first, 0, length);
        return Reduction.ReduceTree<T, TReduction>(TReduction.Combine(low, high));
    }

    /// <summary>The sum of <see cref="WidenedSum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ReduceWidened<TReduction>(ref float first, nuint length)
        where TReduction : struct, IReduction<float>
    {
        Vector256<double> lower0 = Vector256<double>.Zero, lower1 = lower0, upper0 = lower0, upper1 = lower0;
        nuint part = WidenedSum.PartOf<TReduction>(length);
        nuint step = (nuint)TReduction.BlockLength / 4;
        for (nuint i = 0; i < part; i += step)
        {
            (Vector256<float> low, Vector256<float> high) = AccumulateParts<TReduction>(ref Unsafe.Add(ref first, i), part, step);
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(low);
            (Vector256<double> c, Vector256<double> d) = Vector256.Widen(high);
            lower0 += a;
            lower1 += b;
            upper0 += c;
            upper1 += d;
        }

        for (nuint i = 4 * part; i < length; i += (nuint)TReduction.BlockLength)
        {
            nuint end = Math.Min(i + (nuint)TReduction.BlockLength, length);
            (Vector256<float> low, Vector256<float> high) = AccumulateBlock<float, TReduction>(ref first, i, end);
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(low);
            (Vector256<double> c, Vector256<double> d) = Vector256.Widen(high);
            lower0 += a;
            lower1 += b;
            upper0 += c;
            upper1 += d;
        }

        return Reduction.ReduceTree<double, SumOfMagnitudes<double>>((lower0 + upper0) + (lower1 + upper1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<T> Low, Vector256<T> High) AccumulateBlock<T, TReduction>(ref T first, nuint start, nuint end)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        nuint half = (nuint)Vector256<T>.Count;
        nuint width = 2 * half;
        Vector256<T> low0 = Vector256<T>.Zero, low1 = low0, low2 = low0, low3 = low0;
        Vector256<T> high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        nuint i = start;
        for (; i + (4 * width) <= end; i += 4 * width)
        {
            low0 = TReduction.Accumulate(low0, Vector256.LoadUnsafe(ref first, i));
            high0 = TReduction.Accumulate(high0, Vector256.LoadUnsafe(ref first, i + half));
            low1 = TReduction.Accumulate(low1, Vector256.LoadUnsafe(ref first, i + width));
            high1 = TReduction.Accumulate(high1, Vector256.LoadUnsafe(ref first, i + width + half));
            low2 = TReduction.Accumulate(low2, Vector256.LoadUnsafe(ref first, i + (2 * width)));
            high2 = TReduction.Accumulate(high2, Vector256.LoadUnsafe(ref first, i + (2 * width) + half));
            low3 = TReduction.Accumulate(low3, Vector256.LoadUnsafe(ref first, i + (3 * width)));
            high3 = TReduction.Accumulate(high3, Vector256.LoadUnsafe(ref first, i + (3 * width) + half));
        }

        for (; i + width <= end; i += width)
        {
            low0 = TReduction.Accumulate(low0, Vector256.LoadUnsafe(ref first, i));
            high0 = TReduction.Accumulate(high0, Vector256.LoadUnsafe(ref first, i + half));
        }

        if (i < end)
            AccumulateRest<T, TReduction>(ref first, end, end - i, ref low1, ref high1);
        return (
            TReduction.Combine(TReduction.Combine(low0, low1), TReduction.Combine(low2, low3)),
            TReduction.Combine(TReduction.Combine(high0, high1), TReduction.Combine(high2, high3)));
    }

    // See WidenedSum.AccumulateParts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) AccumulateParts<TReduction>(ref float first, nuint part, nuint length)
        where TReduction : struct, IReduction<float>
    {
        nuint half = (nuint)Vector256<float>.Count;
        Vector256<float> low0 = Vector256<float>.Zero, low1 = low0, low2 = low0, low3 = low0;
        Vector256<float> high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        for (nuint i = 0; i < length; i += 2 * half)
        {
            low0 = TReduction.Accumulate(low0, Vector256.LoadUnsafe(ref first, i));
            high0 = TReduction.Accumulate(high0, Vector256.LoadUnsafe(ref first, i + half));
            low1 = TReduction.Accumulate(low1, Vector256.LoadUnsafe(ref first, i + part));
            high1 = TReduction.Accumulate(high1, Vector256.LoadUnsafe(ref first, i + part + half));
            low2 = TReduction.Accumulate(low2, Vector256.LoadUnsafe(ref first, i + (2 * part)));
            high2 = TReduction.Accumulate(high2, Vector256.LoadUnsafe(ref first, i + (2 * part) + half));
            low3 = TReduction.Accumulate(low3, Vector256.LoadUnsafe(ref first, i + (3 * part)));
            high3 = TReduction.Accumulate(high3, Vector256.LoadUnsafe(ref first, i + (3 * part) + half));
        }

        return (
            TReduction.Combine(TReduction.Combine(low0, low1), TReduction.Combine(low2, low3)),
            TReduction.Combine(TReduction.Combine(high0, high1), TReduction.Combine(high2, high3)));
    }

    /// <summary>Reduces at least one 512-bit vector, and fewer than four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ReduceShort<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        nuint half = (nuint)Vector256<T>.Count;
        nuint width = 2 * half;
        Vector256<T> low = Vector256<T>.Zero;
        Vector256<T> high = low;
        nuint i = 0;
        for (nuint end = length & ~(width - 1); i < end; i += width)
        {
            low = TReduction.Accumulate(low, Vector256.LoadUnsafe(ref first, i));
            high = TReduction.Accumulate(high, Vector256.LoadUnsafe(ref first, i + half));
        }

        if (i < length)
            AccumulateRest<T, TReduction>(ref first, length, length - i, ref low, ref high);
        return Reduction.ReduceTree<T, TReduction>(TReduction.Combine(low, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AccumulateRest<T, TReduction>(ref T first, nuint end, nuint rest, ref Vector256<T> low, ref Vector256<T> high)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        nuint half = (nuint)Vector256<T>.Count;
        (Vector256<T> lowMask, Vector256<T> highMask) = PartialVector.LastLanesOf256<T>(rest);
        low = TReduction.Accumulate(low, Vector256.LoadUnsafe(ref first, end - (2 * half)) & lowMask);
        high = TReduction.Accumulate(high, Vector256.LoadUnsafe(ref first, end - half) & highMask);
    }
}
