using System.Buffers;

namespace ClipGen.Numerics.Sums;

/// <summary>Several exact sums in one block of memory, which processes can add up in one message.</summary>
internal readonly ref struct ExactSums
{
    private readonly long[] _rented;

    /// <summary>Creates sums with the value zero.</summary>
    /// <param name="count">The number of sums.</param>
    internal ExactSums(int count)
    {
        _rented = ArrayPool<long>.Shared.Rent(count * ExactSum.WordCount);
        Words = _rented.AsSpan(0, count * ExactSum.WordCount);
        Words.Clear();
    }

    /// <summary>The words of all sums.</summary>
    internal Span<long> Words { get; }

    /// <summary>Adds a term to one of the sums.</summary>
    internal void Add(int sum, double term) => ExactSum.AddTo(WordsOf(sum), term);

    /// <summary>One of the sums, rounded.</summary>
    internal double Round(int sum) => ExactSum.Round(WordsOf(sum));

    public void Dispose() => ArrayPool<long>.Shared.Return(_rented);

    private Span<long> WordsOf(int sum) => Words.Slice(sum * ExactSum.WordCount, ExactSum.WordCount);
}
