using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The loops of every reduction. The position of an element alone determines how it is added: to lane i mod 4·<c>Count</c> of four virtual
/// 512-bit registers (the last, partial vector is added to the end of the second register). A fixed tree adds the lanes, blocks are added
/// in <see cref="double"/>, and chunks of blocks are added in index order. In long chunks of <see cref="float"/>, each register reads its
/// own part of the chunk. The result therefore has the same bits on every instruction set and for every number of threads, which process
/// whole chunks.
/// </summary>
/// <remarks>
/// <para>
/// <b>The relative error of a norm is at most 1e-6, whatever the elements.</b> All terms are positive, so the relative error of a sum is at
/// most a factor of (1 + u)^k, where u = 2^-24 is the unit roundoff of <see cref="float"/> and k is the largest number of roundings that
/// affect one term. The square root of the L2 norm halves the error. The roundings of a term in <see cref="float"/> are its square (L2
/// only), the additions in its lane, the combination of registers, and the tree:
/// </para>
/// <list type="table">
/// <item><term>fewer than 16 elements</term><description>L2: 1 + 0 + 0 + 4 = 5. L1: 4.</description></item>
/// <item><term>fewer than 64</term><description>At most 4 vectors a lane. L2: 1 + 3 + 0 + 4 = 8. L1: 7.</description></item>
/// <item><term>a block</term><description>
/// At most 1024 elements (L1: 512). In a full block, a lane takes 16 vectors (8). In a partial one, it takes at most 15 (7) of full rounds
/// and 3 of the rest. L2: 1 + 17 + 2 + 4 = 24. L1: 9 + 2 + 4 = 15.
/// </description></item>
/// <item><term>a longer buffer</term><description>
/// Its blocks are converted to <see cref="double"/> before the tree (<see cref="WidenedSum"/>). L2: 1 + 17 + 2 = 20. L1: 11.
/// </description></item>
/// <item><term>unrolled short buffers</term><description>At most 16 vectors a lane. L2: 1 + 15 + 2 + 4 = 22.</description></item>
/// </list>
/// <para>
/// The error of an L2 norm is therefore at most 24u/2 = 7.2e-7, and that of an L1 norm 15u = 9.0e-7. All other additions are in
/// <see cref="double"/>, with an error of 2^-53 each: less than 2e-8 for 10^8 buffers and chunks. <see cref="Half"/> elements are converted
/// without rounding. The infinity norm only compares magnitudes. The sums of <see cref="double"/> elements have the same structure with u =
/// 2^-53.
/// </para>
/// <para>
/// <b>Underflow and overflow.</b> The rounding error of a square below 2^-126 is at most 2^-150. For all elements in a 47-bit address
/// space, these errors add up to 2^-105, which is 2.5e-8 of 1e-24. Smaller sums and infinite sums are not used
/// (<see cref="INormOrder.IsExact"/>): <see cref="WideElements"/> computes them again. Sums of subnormal numbers are exact.
/// </para>
/// </remarks>
internal static class Reduction
{
    /// <summary>The longest <see cref="IReduction{T}.BlockLength"/>.</summary>
    internal const int LongestBlock = 4096;

    /// <summary>The number of elements that one thread processes at a time: 1 MiB of <see cref="float"/>.</summary>
    internal const int ChunkLength = 1 << 18;

    /// <summary>Reduces <paramref name="length"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Reduce<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T> =>
        length < 4 * (nuint)Vector512<T>.Count ? ReduceShort<T, TReduction>(ref first, length)
        : length <= (nuint)TReduction.BlockLength ? ReduceBlock<T, TReduction>(ref first, length)
        : ReduceChunks<T, TReduction>(ref first, length);

    /// <summary>
    /// Reduces parts of equal length, one after the other. For parts of a block, the loop contains the kernel, so that the reduction of one
    /// part overlaps with that of the next.
    /// </summary>
    [MethodImpl(JitOptions.Kernel)]
    internal static void ReduceEach<T, TReduction>(ref T first, nuint length, Span<double> results)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        if (length < 4 * (nuint)Vector512<T>.Count || length > (nuint)TReduction.BlockLength || ReductionOf256.IsBest)
        {
            for (int i = 0; i < results.Length; i++)
                results[i] = Reduce<T, TReduction>(ref Unsafe.Add(ref first, (nuint)i * length), length);
            return;
        }

        nuint start = 0;
        foreach (ref double result in results)
        {
            result = ReduceTree<T, TReduction>(AccumulateBlock<T, TReduction>(ref first, start, start + length));
            start += length;
        }
    }

    [MethodImpl(JitOptions.Kernel)]
    private static double ReduceChunks<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        double total = 0;
        for (nuint start = 0; start < length; start += ChunkLength)
        {
            ref T chunk = ref Unsafe.Add(ref first, start);
            nuint chunkLength = Math.Min(length - start, ChunkLength);
            double sum = chunkLength <= (nuint)TReduction.BlockLength
                ? Reduce<T, TReduction>(ref chunk, chunkLength)
                : TReduction.ReduceChunk(ref chunk, chunkLength);
            total = TReduction.Combine(total, sum);
        }

        return total;
    }

    /// <summary>Reduces the blocks of a chunk one by one.</summary>
    internal static double ReduceBlocks<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        double chunk = 0;
        for (nuint block = 0; block < length; block += (nuint)TReduction.BlockLength)
        {
            nuint blockLength = Math.Min(length - block, (nuint)TReduction.BlockLength);
            chunk = TReduction.Combine(chunk, Reduce<T, TReduction>(ref Unsafe.Add(ref first, block), blockLength));
        }

        return chunk;
    }

    [MethodImpl(JitOptions.Kernel)]
    private static double ReduceBlock<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T> =>
        ReductionOf256.IsBest
            ? ReductionOf256.ReduceBlock<T, TReduction>(ref first, length)
            : ReduceTree<T, TReduction>(AccumulateBlock<T, TReduction>(ref first, 0, length));

    /// <summary>
    /// Returns the combined registers of the elements from <paramref name="start"/> to <paramref name="end"/>. The buffer must have at
    /// least one vector of elements before <paramref name="end"/>. Whole vectors after the last full round are added to the first register,
    /// a partial vector to the second.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> AccumulateBlock<T, TReduction>(ref T first, nuint start, nuint end)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        nuint width = (nuint)Vector512<T>.Count;
        Vector512<T> lanes0 = Vector512<T>.Zero;
        Vector512<T> lanes1 = Vector512<T>.Zero;
        Vector512<T> lanes2 = Vector512<T>.Zero;
        Vector512<T> lanes3 = Vector512<T>.Zero;
        nuint i = start;
        for (; i + (4 * width) <= end; i += 4 * width)
        {
            lanes0 = TReduction.Accumulate(lanes0, Vector512.LoadUnsafe(ref first, i));
            lanes1 = TReduction.Accumulate(lanes1, Vector512.LoadUnsafe(ref first, i + width));
            lanes2 = TReduction.Accumulate(lanes2, Vector512.LoadUnsafe(ref first, i + (2 * width)));
            lanes3 = TReduction.Accumulate(lanes3, Vector512.LoadUnsafe(ref first, i + (3 * width)));
        }

        for (; i + width <= end; i += width)
            lanes0 = TReduction.Accumulate(lanes0, Vector512.LoadUnsafe(ref first, i));
        if (i < end)
            lanes1 = TReduction.Accumulate(lanes1, Vector512.LoadUnsafe(ref first, end - width) & PartialVector.LastLanes<T>(end - i));
        return TReduction.Combine(TReduction.Combine(lanes0, lanes1), TReduction.Combine(lanes2, lanes3));
    }

    // Handles fewer elements than the four registers hold. A separate, small method, because the JIT stops inlining after about 64 vector
    // operations.
    [MethodImpl(JitOptions.Kernel)]
    private static double ReduceShort<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        nuint width = (nuint)Vector512<T>.Count;
        if (length < width)
            return ReducePartial<T, TReduction>(ref first, length);
        if (ReductionOf256.IsBest)
            return ReductionOf256.ReduceShort<T, TReduction>(ref first, length);

        Vector512<T> lanes = TReduction.Accumulate(Vector512<T>.Zero, Vector512.LoadUnsafe(ref first));
        nuint i = width;
        for (nuint end = length & ~(width - 1); i < end; i += width)
            lanes = TReduction.Accumulate(lanes, Vector512.LoadUnsafe(ref first, i));
        if (i < length)
            lanes = TReduction.Accumulate(lanes, Vector512.LoadUnsafe(ref first, length - width) & PartialVector.LastLanes<T>(length - i));
        return ReduceTree<T, TReduction>(lanes);
    }

    [MethodImpl(JitOptions.Kernel)]
    private static double ReducePartial<T, TReduction>(ref T first, nuint length)
        where T : unmanaged
        where TReduction : struct, IReduction<T> =>
        ReduceTree<T, TReduction>(TReduction.Accumulate(Vector512<T>.Zero, PartialVector.LoadZeroFilled(ref first, length)));

    /// <summary>Reduces lanes in a fixed order. <c>Vector512.Sum</c> does not specify the order.</summary>
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
        {
            quarter = TReduction.Combine(quarter,
                Vector128.Shuffle(quarter.AsUInt16(), Vector128.Create((ushort)1, 0, 3, 2, 5, 4, 7, 6)).As<ushort, T>());
        }
        return TReduction.Widen(quarter.ToScalar());
    }
}
