using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The sums of long <see cref="float"/> buffers. Lanes are <see cref="float"/> within a block, and are then widened and added to lanes of
/// <see cref="double"/>. Blocks are so short that no term takes more roundings than <see cref="Reduction"/> allows, and lanes are
/// cheaper to widen than to add up.
/// </summary>
internal static class WidenedSum
{
    /// <summary>Elements that the four registers take at a time.</summary>
    internal const int RoundLength = 64;

    /// <summary>
    /// Elements from which the four registers read four parts of a buffer at a time, each in order. One stream of reads does not saturate
    /// the memory: a buffer beyond the caches is summed in four fifths of the time.
    /// </summary>
    private const int LeastInParts = 1 << 15;

    /// <summary>
    /// The length of each of the parts: a multiple of what a register takes of a block; 0 for a buffer that is read in one stream.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nuint PartOf<TReduction>(nuint length)
        where TReduction : struct, IReduction<float>
    {
        nuint step = (nuint)TReduction.BlockLength / 4;
        return length < LeastInParts ? 0 : length / (4 * step) * step;
    }

    /// <summary>Sums a buffer that is longer than a block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double Reduce<TReduction>(ref float first, nuint length)
        where TReduction : struct, IReduction<float>
    {
        if (ReductionOf256.IsBest)
            return ReductionOf256.ReduceWidened<TReduction>(ref first, length);

        Vector512<double> lower = Vector512<double>.Zero;
        Vector512<double> upper = Vector512<double>.Zero;
        nuint part = PartOf<TReduction>(length);
        nuint step = (nuint)TReduction.BlockLength / 4;
        for (nuint i = 0; i < part; i += step)
        {
            Vector512<float> lanes = AccumulateParts<TReduction>(ref Unsafe.Add(ref first, i), part, step);
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(lanes);
            lower += a;
            upper += b;
        }

        for (nuint i = 4 * part; i < length; i += (nuint)TReduction.BlockLength)
        {
            nuint end = Math.Min(i + (nuint)TReduction.BlockLength, length);
            Vector512<float> lanes = Reduction.AccumulateBlock<float, TReduction>(ref first, i, end);
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(lanes);
            lower += a;
            upper += b;
        }

        return Reduction.ReduceTree<double, SumOfMagnitudes<double>>(lower + upper);
    }

    /// <summary>The combined registers of a block whose quarters lie in four parts of the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AccumulateParts<TReduction>(ref float first, nuint part, nuint length)
        where TReduction : struct, IReduction<float>
    {
        Vector512<float> lanes0 = Vector512<float>.Zero;
        Vector512<float> lanes1 = Vector512<float>.Zero;
        Vector512<float> lanes2 = Vector512<float>.Zero;
        Vector512<float> lanes3 = Vector512<float>.Zero;
        for (nuint i = 0; i < length; i += (nuint)Vector512<float>.Count)
        {
            lanes0 = TReduction.Accumulate(lanes0, Vector512.LoadUnsafe(ref first, i));
            lanes1 = TReduction.Accumulate(lanes1, Vector512.LoadUnsafe(ref first, i + part));
            lanes2 = TReduction.Accumulate(lanes2, Vector512.LoadUnsafe(ref first, i + (2 * part)));
            lanes3 = TReduction.Accumulate(lanes3, Vector512.LoadUnsafe(ref first, i + (3 * part)));
        }

        return TReduction.Combine(TReduction.Combine(lanes0, lanes1), TReduction.Combine(lanes2, lanes3));
    }
}
