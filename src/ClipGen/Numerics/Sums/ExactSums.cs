using System.Buffers;

namespace ClipGen.Numerics.Sums;

/// <summary>Several exact sums in one block of memory, which processes add up at once.</summary>
internal readonly ref struct ExactSums
{
    private readonly long[] _rented;

    /// <summary>Begins sums at zero.</summary>
    /// <param name="count">How many.</param>
    internal ExactSums(int count)
    {
        _rented = ArrayPool<long>.Shared.Rent(count * ExactSum.WordCount);
        Words = _rented.AsSpan(0, count * ExactSum.WordCount);
        Words.Clear();
    }

    /// <summary>The words of all sums.</summary>
    internal Span<long> Words { get; }

    /// <summary>Adds a term to one of them.</summary>
    internal void Add(int sum, double term) => ExactSum.AddTo(WordsOf(sum), term);

    /// <summary>One of them, rounded.</summary>
    internal double Round(int sum) => ExactSum.Round(WordsOf(sum));

    public void Dispose() => ArrayPool<long>.Shared.Return(_rented);

    private Span<long> WordsOf(int sum) => Words.Slice(sum * ExactSum.WordCount, ExactSum.WordCount);
}
