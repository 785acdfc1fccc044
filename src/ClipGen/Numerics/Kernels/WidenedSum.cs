using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The sums of long <see cref="float"/> buffers. Lanes are <see cref="float"/> within a block. After each block they are converted and
/// added to lanes of <see cref="double"/>. Blocks are short enough for the error bound of <see cref="Reduction"/>, and converting lanes is
/// faster than adding them up.
/// </summary>
internal static class WidenedSum
{
    /// <summary>The number of elements that the four registers take in one round.</summary>
    internal const int RoundLength = 64;

    /// <summary>
    /// The length from which the four registers read four parts of a buffer at the same time, each in order. A single stream of reads does
    /// not saturate memory: a buffer that exceeds the caches is summed in four fifths of the time.
    /// </summary>
    private const int LeastInParts = 1 << 15;

    /// <summary>
    /// The length of each part: a multiple of the number of elements that a register takes per block; 0 for a buffer that is read in one
    /// stream.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nuint PartOf<TReduction>(nuint length)
        where TReduction : struct, IReduction<float>
    {
        nuint step = (nuint)TReduction.BlockLength / 4;
        return length < LeastInParts ? 0 : length / (4 * step) * step;
    }

    /// <summary>Sums a buffer that is longer than a block.</summary>
    [MethodImpl(JitOptions.Kernel)]
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

        nuint misalignment = AlignedBlock.IsSupported ? AlignedBlock.MisalignmentOf(ref first) : 0;
        for (nuint i = 4 * part; i < length; i += (nuint)TReduction.BlockLength)
        {
            nuint end = Math.Min(i + (nuint)TReduction.BlockLength, length);
            bool isInside = i > 0 && end + (nuint)Vector512<float>.Count <= length;
            Vector512<float> lanes = isInside && misalignment != 0
                ? AlignedBlock.Accumulate<TReduction>(ref Unsafe.Add(ref first, i - misalignment), misalignment, end - i)
                : Reduction.AccumulateBlock<float, TReduction>(ref first, i, end);
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(lanes);
            lower += a;
            upper += b;
        }

        return Reduction.ReduceTree<double, SumOfMagnitudes<double>>(lower + upper);
    }

    /// <summary>Returns the combined registers of a block whose quarters lie in four parts of the buffer.</summary>
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
