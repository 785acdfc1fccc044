using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// Reads a block with aligned loads, and returns the registers that <see cref="Reduction.AccumulateBlock{T, TReduction}"/> returns, with
/// the same bits.
/// </summary>
/// <remarks>
/// Arrays start 16 bytes after a multiple of 8, so nearly every 64-byte load touches two cache lines. From the second-level cache, aligned
/// loads take little more than half of the time. A vector that starts <c>m</c> elements before a position contains the elements in a fixed
/// order of lanes: the element of lane <c>l</c> of register <c>r</c> is in lane <c>l + m</c> of the same register, or past its end in the
/// first lanes of the next one. Each lane therefore adds the same elements in the same order, and one permutation per register at the end
/// moves the lanes to their places.
/// </remarks>
internal static class AlignedBlock
{
    /// <summary>Whether the processor has the permutation.</summary>
    internal static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;
    }

    /// <summary>The number of elements between the last aligned address and the address of <paramref name="first"/>.</summary>
    /// <remarks>If a garbage collection moves the array afterwards, the loads may become unaligned. The elements are the same.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe nuint MisalignmentOf(ref float first) =>
        (nuint)Unsafe.AsPointer(ref first) % (nuint)sizeof(Vector512<float>) / sizeof(float);

    /// <summary>Returns the combined registers of a block.</summary>
    /// <param name="first">
    /// The element <paramref name="misalignment"/> elements before the block. The buffer must contain it, and as many elements after the
    /// block as fill its last vector.
    /// </param>
    /// <param name="misalignment">From 1 to 15.</param>
    /// <param name="length">The number of elements of the block: a multiple of 64.</param>
    [MethodImpl(JitOptions.Kernel)]
    internal static Vector512<float> Accumulate<TReduction>(ref float first, nuint misalignment, nuint length)
        where TReduction : struct, IReduction<float>
    {
        nuint width = (nuint)Vector512<float>.Count;
        Vector512<float> ofBlock = PartialVector.LastLanes<float>(width - misalignment);
        Vector512<float> lanes0 = TReduction.Accumulate(Vector512<float>.Zero, Vector512.LoadUnsafe(ref first) & ofBlock);
        Vector512<float> lanes1 = TReduction.Accumulate(Vector512<float>.Zero, Vector512.LoadUnsafe(ref first, width));
        Vector512<float> lanes2 = TReduction.Accumulate(Vector512<float>.Zero, Vector512.LoadUnsafe(ref first, 2 * width));
        Vector512<float> lanes3 = TReduction.Accumulate(Vector512<float>.Zero, Vector512.LoadUnsafe(ref first, 3 * width));
        for (nuint i = 4 * width; i < length; i += 4 * width)
        {
            lanes0 = TReduction.Accumulate(lanes0, Vector512.LoadUnsafe(ref first, i));
            lanes1 = TReduction.Accumulate(lanes1, Vector512.LoadUnsafe(ref first, i + width));
            lanes2 = TReduction.Accumulate(lanes2, Vector512.LoadUnsafe(ref first, i + (2 * width)));
            lanes3 = TReduction.Accumulate(lanes3, Vector512.LoadUnsafe(ref first, i + (3 * width)));
        }

        lanes0 = TReduction.Accumulate(lanes0, Vector512.AndNot(Vector512.LoadUnsafe(ref first, length), ofBlock));

        Vector512<int> places =
            Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) + Vector512.Create((int)misalignment);
        return TReduction.Combine(
            TReduction.Combine(
                Avx512F.PermuteVar16x32x2(lanes0, places, lanes1),
                Avx512F.PermuteVar16x32x2(lanes1, places, lanes2)),
            TReduction.Combine(
                Avx512F.PermuteVar16x32x2(lanes2, places, lanes3),
                Avx512F.PermuteVar16x32x2(lanes3, places, lanes0)));
    }
}
