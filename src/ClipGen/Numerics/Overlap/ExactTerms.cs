using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Overlap;

/// <summary>Sums without rounding. No two of the buffers share memory.</summary>
/// <param name="words">The words of an <see cref="ExactSum"/>.</param>
/// <param name="countsReplicated">Whether gradients that every process holds are added.</param>
internal struct ExactTerms(long[] words, bool countsReplicated) : IAddressWatch
{
    private readonly long[] _words = words;
    private readonly bool _countsReplicated = countsReplicated;
    private int _replicated;

    public static bool IsNeeded => false;

    public static bool SumsExactly => true;

    public readonly bool MayOverlap => false;

    public readonly void Add<T>(Span<T> gradient)
    {
    }

    public readonly void MoveTo<T>(ref T first)
    {
    }

    public readonly bool TryTake<T>(ref T first, ref T behindLast) => true;

    public readonly void AddTerm(double term)
    {
        if (_countsReplicated || _replicated == 0)
            ExactSum.AddTo(_words, term);
    }

    public void EnterReplicated() => _replicated++;

    public void LeaveReplicated() => _replicated--;
}
