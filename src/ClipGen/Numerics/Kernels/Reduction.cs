using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The one loop that every reduction runs in. Where an element goes depends on its position alone: lane i mod 4·<c>Count</c> of four
/// virtual 512-bit registers (the last, partial vector lies at the end of the fourth), a fixed tree over the lanes, blocks added in
/// <see cref="double"/>, chunks of blocks added in index order. So the result has the same bits on every instruction set, and will
/// have them for every number of threads, which take chunks.
/// </summary>
internal static class Reduction
{
    /// <summary>Elements whose lanes are summed in the element's own precision.</summary>
    internal const int BlockLength = 4096;

    /// <summary>Elements that one thread takes at a time: 1 MiB of <see cref="float"/>.</summary>
    internal const int ChunkLength = 1 << 18;

    /// <summary>Reduces <paramref name="length"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Reduce<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T> =>
        length < 4 * (nuint)Vector512<T>.Count ? ReduceFew<T, TReduction>(ref first, length)
        : length <= BlockLength ? ReduceBlock<T, TReduction>(ref first, length)
        : ReduceChunks<T, TReduction>(ref first, length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double ReduceChunks<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        double total = 0;
        for (nuint start = 0; start < length; start += ChunkLength)
        {
            nuint chunkLength = Math.Min(length - start, ChunkLength);
            double chunk = 0;
            for (nuint block = 0; block < chunkLength; block += BlockLength)
            {
                nuint blockLength = Math.Min(chunkLength - block, BlockLength);
                chunk = TReduction.Combine(chunk, Reduce<T, TReduction>(ref Unsafe.Add(ref first, start + block), blockLength));
            }

            total = TReduction.Combine(total, chunk);
        }

        return total;
    }

    // At least one round of the four registers; what follows the last full round goes to the first, the partial vector to the second.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double ReduceBlock<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        if (ReductionOf256.IsBest)
            return ReductionOf256.ReduceBlock<T, TReduction>(ref first, length);

        nuint width = (nuint)Vector512<T>.Count;
        Vector512<T> lanes0 = Vector512<T>.Zero;
        Vector512<T> lanes1 = Vector512<T>.Zero;
        Vector512<T> lanes2 = Vector512<T>.Zero;
        Vector512<T> lanes3 = Vector512<T>.Zero;
        nuint i = 0;
        for (nuint end = length & ~((4 * width) - 1); i < end; i += 4 * width)
        {
            lanes0 = TReduction.Accumulate(lanes0, Vector512.LoadUnsafe(ref first, i));
            lanes1 = TReduction.Accumulate(lanes1, Vector512.LoadUnsafe(ref first, i + width));
            lanes2 = TReduction.Accumulate(lanes2, Vector512.LoadUnsafe(ref first, i + (2 * width)));
            lanes3 = TReduction.Accumulate(lanes3, Vector512.LoadUnsafe(ref first, i + (3 * width)));
        }

        for (nuint end = length & ~(width - 1); i < end; i += width)
            lanes0 = TReduction.Accumulate(lanes0, Vector512.LoadUnsafe(ref first, i));
        if (i < length)
            lanes1 = TReduction.Accumulate(lanes1, Vector512.LoadUnsafe(ref first, length - width) & PartialVector.LastLanes<T>(length - i));
        return ReduceTree<T, TReduction>(TReduction.Combine(TReduction.Combine(lanes0, lanes1), TReduction.Combine(lanes2, lanes3)));
    }

    // Fewer elements than the four registers hold. On its own, and small: past about 64 vector operations the JIT stops inlining them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double ReduceFew<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        nuint width = (nuint)Vector512<T>.Count;
        if (length < width)
            return ReducePartial<T, TReduction>(ref first, length);
        if (ReductionOf256.IsBest)
            return ReductionOf256.ReduceFew<T, TReduction>(ref first, length);

        Vector512<T> lanes = TReduction.Accumulate(Vector512<T>.Zero, Vector512.LoadUnsafe(ref first));
        nuint i = width;
        for (nuint end = length & ~(width - 1); i < end; i += width)
            lanes = TReduction.Accumulate(lanes, Vector512.LoadUnsafe(ref first, i));
        if (i < length)
            lanes = TReduction.Accumulate(lanes, Vector512.LoadUnsafe(ref first, length - width) & PartialVector.LastLanes<T>(length - i));
        return ReduceTree<T, TReduction>(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double ReducePartial<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T> =>
        ReduceTree<T, TReduction>(TReduction.Accumulate(Vector512<T>.Zero, PartialVector.LoadZeroFilled(ref first, length)));

    /// <summary>Reduces lanes. <c>Vector512.Sum</c> would leave the order to the hardware.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ReduceTree<T, TReduction>(Vector512<T> lanes)
        where T : unmanaged
        where TReduction : struct, IReduction<T> =>
        ReduceTree<T, TReduction>(TReduction.Combine(lanes.GetLower(), lanes.GetUpper()));

    /// <inheritdoc cref="ReduceTree{T, TReduction}(Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ReduceTree<T, TReduction>(Vector256<T> half)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        Vector128<T> quarter = TReduction.Combine(half.GetLower(), half.GetUpper());
        quarter = TReduction.Combine(quarter, Vector128.Shuffle(quarter.AsUInt64(), Vector128.Create(1UL, 0)).As<ulong, T>());
        if (Unsafe.SizeOf<T>() <= sizeof(uint))
            quarter = TReduction.Combine(quarter, Vector128.Shuffle(quarter.AsUInt32(), Vector128.Create(1U, 0, 3, 2)).As<uint, T>());
        if (Unsafe.SizeOf<T>() <= sizeof(ushort))
            quarter = TReduction.Combine(quarter, Vector128.Shuffle(quarter.AsUInt16(), Vector128.Create((ushort)1, 0, 3, 2, 5, 4, 7, 6)).As<ushort, T>());
        return TReduction.Widen(quarter.ToScalar());
    }
}
