using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>Averages the gradients of all processes, in place.</summary>
/// <remarks>
/// <para>
/// Elements are sent in buckets. Each process receives its slice of a bucket from every process, adds the values in <see cref="double"/> in
/// the order of the ranks, divides and rounds once, and sends the result to all. Every process therefore gets the same bits with any
/// message library, and each element crosses the network twice, which is the minimum for an all-reduce. Equal gradients of type
/// <see cref="float"/> or smaller do not change.
/// </para>
/// </remarks>
internal static class AveragePass
{
    // Large enough that the latency of a message does not matter, small enough for the cache.
    private const int BucketBytes = 4 << 20;
    private const int SliceBytes = 16 << 10;

    // The number of elements that are widened at a time.
    private const int BlockLength = 1024;

    /// <summary>The bytes that are sent at a time.</summary>
    /// <param name="size">The number of processes.</param>
    internal static long BucketBytesOf(int size) => Math.Max(BucketBytes, (long)SliceBytes * size);

    /// <summary>Averages.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="exchange">The processes.</param>
    /// <param name="call">The call that averages.</param>
    /// <param name="terms">Reads the other settings that must be the same in all processes, as text or as hashes; null for none.</param>
    internal static void Run<TSource>(
        TSource gradients,
        IGradientExchange exchange,
        CallKind call = CallKind.AverageGradients,
        Func<bool, SharedTerms>? terms = null)
        where TSource : IGradientSource
    {
        NonFiniteOrigin.Clear();
        if (exchange.Size > 1)
            RunOnAll(gradients, exchange, call, terms);
    }

    private static void RunOnAll<TSource>(
        TSource gradients, IGradientExchange exchange, CallKind call, Func<bool, SharedTerms>? terms)
        where TSource : IGradientSource
    {
        GradientLayout layout = GradientLayout.Of(gradients);
        var fingerprint = new Fingerprint();
        fingerprint.Add(layout.Fingerprint);
        fingerprint.Add(terms?.Invoke(false).Fingerprint ?? 0);
        var ranks = new RankExchange(
            exchange,
            call,
            fingerprint.Value,
            () => terms?.Invoke(true).Difference(exchange) ?? LayoutDifference.Describe(gradients, layout, exchange));
        ranks.Open();
        var found = new List<NonFiniteOrigin>();
        Average<TSource, float>(gradients, layout, exchange, ranks, found);
        Average<TSource, double>(gradients, layout, exchange, ranks, found);
        Average<TSource, Half>(gradients, layout, exchange, ranks, found);
        Average<TSource, BFloat16>(gradients, layout, exchange, ranks, found);
        if (found.Count > 0)
            NonFiniteOrigin.Keep(found, GradientNames.Of(gradients));
    }

    private static void Average<TSource, TElement>(
        TSource gradients, GradientLayout layout, IGradientExchange exchange, RankExchange ranks, List<NonFiniteOrigin> found)
        where TSource : IGradientSource
        where TElement : unmanaged
    {
        long total = layout.CountOf<TElement>();
        if (total == 0)
            return;
        int size = exchange.Size;
        int elementBytes = Unsafe.SizeOf<TElement>();
        int bucket = (int)Math.Min(total, BucketBytesOf(size) / elementBytes);
        int slice = (bucket + size - 1) / size;
        TElement[] sent = ArrayPool<TElement>.Shared.Rent(slice * size);
        TElement[] received = ArrayPool<TElement>.Shared.Rent(slice * size);
        var origin = new Origin(long.MaxValue, 0);
        bool isFinite = true;
        try
        {
            for (long start = 0; start < total; start += bucket)
            {
                int count = (int)Math.Min(bucket, total - start);
                int length = (count + size - 1) / size;
                Span<TElement> all = sent.AsSpan(0, length * size);
                all[count..].Clear();
                Walk.Through(gradients, new CopyElements<TElement>(layout.Tied, sent, start, count, writes: false));
                Span<TElement> parts = received.AsSpan(0, length * size);
                exchange.Transpose(MemoryMarshal.AsBytes(all), MemoryMarshal.AsBytes(parts));
                Span<TElement> own = all.Slice(exchange.Rank * length, length);
                Average(parts, own, size);
                if (!double.IsFinite(GradientElements.LargestMagnitude(own)))
                    origin = origin.Or(FindNonFinite(parts, own, start + (exchange.Rank * length)));
                exchange.Gather(MemoryMarshal.AsBytes(own), MemoryMarshal.AsBytes(parts));
                isFinite = isFinite && double.IsFinite(GradientElements.LargestMagnitude(parts[..count]));
                Walk.Through(gradients, new CopyElements<TElement>(layout.Tied, received, start, count, writes: true));
            }
        }
        finally
        {
            ArrayPool<TElement>.Shared.Return(sent);
            ArrayPool<TElement>.Shared.Return(received);
        }

        // Every process has the same average, so either all processes send their origins or none does.
        if (isFinite)
            return;
        foreach (Origin other in ranks.Gather(origin))
            origin = origin.Or(other);
        (int ordinal, long index) = layout.Find<TElement>(origin.Element);
        found.Add(new NonFiniteOrigin(ordinal, index, origin.Rank));
    }

    private static void Average<TElement>(Span<TElement> parts, Span<TElement> average, int size)
    {
        Span<double> sums = stackalloc double[BlockLength];
        Span<double> terms = stackalloc double[BlockLength];
        for (int start = 0; start < average.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, average.Length - start);
            Span<double> sum = sums[..length];
            Span<double> term = terms[..length];
            WideElements.Load(parts.Slice(start, length), sum);
            for (int rank = 1; rank < size; rank++)
            {
                WideElements.Load(parts.Slice((rank * average.Length) + start, length), term);
                TensorPrimitives.Add(sum, term, sum);
            }

            TensorPrimitives.Divide(sum, size, sum);
            WideElements.Store(sum, average.Slice(start, length));
        }
    }

    private static Origin FindNonFinite<TElement>(Span<TElement> parts, Span<TElement> average, long start)
    {
        int index = GradientElements.IndexOfNonFinite(average, infinityToo: true, out _);
        if (index < 0)
            return new Origin(long.MaxValue, 0);
        int rank = 0;
        int size = parts.Length / average.Length;
        while (rank < size && double.IsFinite(WideElements.ToDouble(parts[(rank * average.Length) + index])))
            rank++;

        // The values of all processes can be finite although their sum is not, in double.
        return new Origin(start + index, rank < size ? rank : 0);
    }

    // The origin of the first element that is not finite.
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Origin(long Element, long Rank)
    {
        internal Origin Or(Origin other) => other.Element < Element ? other : this;
    }
}
