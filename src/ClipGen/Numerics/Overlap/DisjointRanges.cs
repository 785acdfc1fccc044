using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics.Overlap;

/// <summary>
/// Proves during a traversal that no two of its buffers share memory: every buffer must lie outside the address ranges covered so far.
/// Models allocate their buffers roughly in visiting order, alternating between few heaps (small objects, large objects). A few growing
/// ranges are therefore sufficient, and most buffers cost two comparisons. If the proof fails, buffers are not necessarily tied;
/// <see cref="TiedGradients"/> then decides.
/// </summary>
/// <remarks>
/// Addresses are only compared, and nothing is pinned. The proof is valid if no garbage collection ran during the traversal, which
/// <see cref="GC.CollectionCount"/> tells.
/// </remarks>
internal struct DisjointRanges : IAddressWatch
{
    private const int Capacity = 8;

    // After a wider gap, a new range starts, so that later buffers can lie in the gap.
    private const nuint WidestGap = 1 << 18;

    // For the range that grew last: its end, and the start of the next range above it. All are zero before the first buffer.
    private nuint _end;
    private nuint _ceiling;
    private int _current;
    private int _count;
    private Runs _runs;

    public static bool IsNeeded => true;

    public static bool SumsExactly => false;

    public bool MayOverlap { get; private set; }

    public readonly void AddTerm(double term) => throw new UnreachableException();

    public readonly void EnterReplicated()
    {
    }

    public readonly void LeaveReplicated()
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Add<T>(Span<T> gradient)
    {
        nuint start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(gradient));
        nuint end = start + ((nuint)gradient.Length * (nuint)Unsafe.SizeOf<T>());

        // If start is below _end, the difference wraps around and is large.
        if (start - _end < WidestGap && end <= _ceiling)
            _end = end;
        else
            AddElsewhere(start, end);
    }

    /// <summary>
    /// Moves to the range that a block of buffers with the first element <paramref name="first"/> continues, or starts a new one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void MoveTo<T>(ref T first)
    {
        nuint start = (nuint)Unsafe.AsPointer(ref first);
        if (start - _end >= WidestGap)
            MoveTo(start);
    }

    /// <summary>Adds a block of consecutive buffers, if it lies outside all covered ranges and close together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool TryTake<T>(ref T first, ref T behindLast)
    {
        nuint start = (nuint)Unsafe.AsPointer(ref first);
        nuint end = (nuint)Unsafe.AsPointer(ref behindLast);
        if (start - _end >= WidestGap || end - start >= WidestGap || end > _ceiling)
            return false;
        _end = end;
        return true;
    }

    // Adds an empty range at the start of the next buffer, unless it would extend the lowest range downwards over that buffer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveTo(nuint start)
    {
        if (_count < Capacity || start >= _runs[0].Start)
            AddElsewhere(start, start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddElsewhere(nuint start, nuint end)
    {
        if (MayOverlap)
            return;
        if (_count > 0)
            _runs[_current].End = _end;

        int below = _count - 1;
        while (below >= 0 && _runs[below].Start > start)
            below--;
        if ((below >= 0 && _runs[below].End > start) || (below + 1 < _count && _runs[below + 1].Start < end))
        {
            MayOverlap = true;
            return;
        }

        if (below >= 0 && (start - _runs[below].End < WidestGap || _count == Capacity))
        {
            _runs[below].End = end;
            _current = below;
        }
        else if (_count == Capacity)
        {
            _runs[0].Start = start;
            _current = 0;
        }
        else
        {
            Insert(below + 1, start, end);
        }

        _end = _runs[_current].End;
        _ceiling = _current + 1 < _count ? _runs[_current + 1].Start : nuint.MaxValue;
    }

    private void Insert(int at, nuint start, nuint end)
    {
        for (int i = _count; i > at; i--)
            _runs[i] = _runs[i - 1];
        _runs[at] = new Run { Start = start, End = end };
        _count++;
        _current = at;
    }

    private struct Run
    {
        public nuint Start;
        public nuint End;
    }

    [InlineArray(Capacity)]
    private struct Runs
    {
        private Run _first;
    }
}
