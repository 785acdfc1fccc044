using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Exchange;

/// <summary>Sends the parameters that each process has stepped to all processes, in buckets.</summary>
internal static class GatherPass
{
    /// <summary>Gathers.</summary>
    /// <param name="gradients">The gradients with their parameters.</param>
    /// <param name="owners">The process of each parameter.</param>
    /// <param name="exchange">The processes.</param>
    internal static void Run<TSource>(TSource gradients, ParameterOwners owners, IGradientExchange exchange)
        where TSource : IGradientSource
    {
        Gather<TSource, float>(gradients, owners, exchange);
        Gather<TSource, double>(gradients, owners, exchange);
        Gather<TSource, Half>(gradients, owners, exchange);
        Gather<TSource, BFloat16>(gradients, owners, exchange);
    }

    private static void Gather<TSource, TElement>(TSource gradients, ParameterOwners owners, IGradientExchange exchange)
        where TSource : IGradientSource
        where TElement : unmanaged
    {
        int size = exchange.Size;
        long[] totals = [.. Enumerable.Range(0, size).Select(owners.CountOf<TElement>)];
        long most = totals.Max();
        if (most == 0)
            return;
        int length = (int)Math.Min(most, AveragePass.BucketBytesOf(size) / size / Unsafe.SizeOf<TElement>());
        TElement[] sent = ArrayPool<TElement>.Shared.Rent(length);
        TElement[] received = ArrayPool<TElement>.Shared.Rent(length * size);
        try
        {
            for (long start = 0; start < most; start += length)
            {
                Span<TElement> own = sent.AsSpan(0, length);
                own.Clear();
                Copy(exchange.Rank, sent, first: 0, start, writes: false);
                exchange.Gather(MemoryMarshal.AsBytes(own), MemoryMarshal.AsBytes(received.AsSpan(0, length * size)));
                for (int rank = 0; rank < size; rank++)
                {
                    if (rank != exchange.Rank)
                        Copy(rank, received, rank * length, start, writes: true);
                }
            }
        }
        finally
        {
            ArrayPool<TElement>.Shared.Return(sent);
            ArrayPool<TElement>.Shared.Return(received);
        }

        void Copy(int rank, TElement[] elements, int first, long start, bool writes)
        {
            int count = (int)Math.Clamp(totals[rank] - start, 0, length);
            if (count > 0)
            {
                Walk.Through(
                    new ParameterSource<TSource>(gradients, ordinal => owners[ordinal] != rank),
                    new CopyElements<TElement>(tied: null, elements, start, count, writes, first));
            }
        }
    }
}
