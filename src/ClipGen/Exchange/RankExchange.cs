using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using ClipGen.Numerics.Sums;

namespace ClipGen.Exchange;

/// <summary>One call that all processes make together, over an <see cref="IGradientExchange"/>.</summary>
/// <remarks>
/// The first message of every call has the same length and identifies the call. Processes that make different calls detect it there, before
/// they wait for messages that never arrive.
/// </remarks>
/// <param name="exchange">The processes.</param>
/// <param name="call">The kind of call.</param>
/// <param name="fingerprint">A hash of everything else that must be the same in all processes.</param>
/// <param name="compare">Describes how the arguments of the same call differ, or returns null. All processes call it together.</param>
internal sealed class RankExchange(IGradientExchange exchange, CallKind call, ulong fingerprint, Func<string?>? compare = null)
{
    // The size of the fingerprint. Its square, multiplied by the number of processes twice, fits in a long for up to 2^11 processes. With
    // more processes, the comparison is modulo 2^64.
    private const int FingerprintBits = 20;
    private const int DescriptionLength = 512;
    private const int HeadLength = 3;

    /// <summary>The rank of this process.</summary>
    internal int Rank => exchange.Rank;

    /// <summary>The number of processes.</summary>
    internal int Size => exchange.Size;

    /// <summary>Whether replicated gradients count in this process.</summary>
    internal bool CountsReplicated => exchange.Rank == 0;

    /// <summary>Begins the call, and adds up one exact sum.</summary>
    /// <param name="words">The words of an exact sum.</param>
    /// <param name="isRefused">Whether this process cannot use the sum.</param>
    /// <returns>Whether every process can use it.</returns>
    /// <exception cref="InvalidOperationException">The processes make different calls.</exception>
    internal bool Open(Span<long> words, bool isRefused)
    {
        Span<long> message = stackalloc long[HeadLength + ExactSum.WordCount];
        var hash = new Fingerprint();
        hash.Add((ulong)call);
        hash.Add(fingerprint);
        ulong folded = hash.Value ^ (hash.Value >> FingerprintBits) ^ (hash.Value >> (2 * FingerprintBits));
        long bits = (long)(folded & ((1UL << FingerprintBits) - 1));
        message[0] = bits;
        message[1] = bits * bits;
        message[2] = isRefused ? 1 : 0;
        ExactSum.Normalize(words);
        words.CopyTo(message[HeadLength..]);
        exchange.AddUp(message);

        // The mean of the squares equals the square of the mean only if all fingerprints are equal.
        if (unchecked((message[1] * Size) != message[0] * message[0]))
            ThrowDifferent();
        message[HeadLength..].CopyTo(words);
        return message[2] == 0;
    }

    /// <summary>Begins the call, without a sum.</summary>
    internal void Open()
    {
        Span<long> words = stackalloc long[ExactSum.WordCount];
        words.Clear();
        Open(words, isRefused: false);
    }

    /// <summary>Adds up exact sums.</summary>
    internal void AddUp(Span<long> words)
    {
        for (int i = 0; i < words.Length; i += ExactSum.WordCount)
            ExactSum.Normalize(words.Slice(i, ExactSum.WordCount));
        if (words.Length > 0)
            exchange.AddUp(words);
    }

    /// <summary>Finds the largest of each number over all processes; NaN where any is.</summary>
    internal void FindLargest(Span<double> numbers)
    {
        double[] all = ArrayPool<double>.Shared.Rent(numbers.Length * Size);
        Span<double> received = all.AsSpan(0, numbers.Length * Size);
        exchange.Gather(MemoryMarshal.AsBytes(numbers), MemoryMarshal.AsBytes(received));
        for (int i = 0; i < received.Length; i++)
            numbers[i % numbers.Length] = Math.Max(numbers[i % numbers.Length], received[i]);
        ArrayPool<double>.Shared.Return(all);
    }

    /// <summary>Collects a value from every process.</summary>
    internal T[] Gather<T>(T value)
        where T : unmanaged
    {
        var all = new T[Size];
        exchange.Gather(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    /// <summary>Collects values from every process, the same number from each, in the order of their ranks.</summary>
    internal T[] Gather<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var all = new T[values.Length * Size];
        exchange.Gather(MemoryMarshal.AsBytes(values), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    /// <summary>Collects a text from every process. Long texts are truncated.</summary>
    internal string[] Gather(string text)
    {
        byte[] own = new byte[DescriptionLength];
        Encoder encoder = Encoding.UTF8.GetEncoder();
        encoder.Convert(text, own, flush: true, out _, out _, out _);
        byte[] all = Gather<byte>(own);
        var texts = new string[Size];
        for (int rank = 0; rank < Size; rank++)
            texts[rank] = Encoding.UTF8.GetString(all.AsSpan(rank * DescriptionLength, DescriptionLength)).TrimEnd('\0');
        return texts;
    }

    private void ThrowDifferent()
    {
        string[] calls = Gather(call.ToString());
        int other = Array.FindIndex(calls, text => text != calls[0]);
        string difference = other < 0
            ? $"All of them call {calls[0]}. {compare?.Invoke() ?? "Their arguments differ."}"
            : $"Rank 0 calls {calls[0]}, and rank {other} calls {calls[other]}.";
        throw new InvalidOperationException(
            $"The processes do not make the same call. {difference} Every process must make the same calls in the same order, "
            + "with the same settings.");
    }
}
