using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics.Overlap;

/// <summary>
/// Proves, while a traversal is under way, that no two of its buffers share memory: every buffer must lie outside the runs of
/// addresses covered so far. Models allocate their buffers in about the order they visit them, with a few heaps (small objects, large
/// objects) taking turns, so a handful of rising runs is enough, and the usual buffer costs two comparisons. Where the proof fails, buffers
/// need not be tied: then <see cref="TiedGradients"/> decides.
/// </summary>
/// <remarks>
/// Addresses are only numbers here and nothing is pinned: the proof holds when no garbage collection ran meanwhile, which
/// <see cref="GC.CollectionCount"/> tells.
/// </remarks>
internal struct DisjointRanges : IAddressWatch
{
    private const int Capacity = 8;

    // Over a wider gap a new run begins, which leaves the gap to buffers that come later.
    private const nuint WidestGap = 1 << 18;

    // Of the run that grew last: its end, and where the next one above it starts. All zero before the first buffer.
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

        // Below _end the difference wraps round and is not small.
        if (start - _end < WidestGap && end <= _ceiling)
            _end = end;
        else
            AddElsewhere(start, end);
    }

    /// <summary>
    /// Goes to the run that a group of buffers continues, whose first element is <paramref name="first"/>, or begins one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void MoveTo<T>(ref T first)
    {
        nuint start = (nuint)Unsafe.AsPointer(ref first);
        if (start - _end >= WidestGap)
            MoveTo(start);
    }

    /// <summary>Takes a group of buffers, one behind the other, if it lies outside everything covered so far and not wide apart.</summary>
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

    // An empty buffer, before which the next one is seen to begin; unless that would have to widen the lowest run downwards over it.
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
