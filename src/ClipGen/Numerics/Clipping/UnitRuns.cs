using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Clipping;

/// <summary>Enumerates runs of consecutive units with the same factor, from the end of a chunk of a buffer to its start.</summary>
/// <remarks>Most units are within their limit, so a run is usually the whole buffer.</remarks>
internal ref struct UnitRuns
{
    private readonly ReadOnlySpan<UnitEntry> _units;
    private readonly int _unitLength;
    private readonly int _start;
    private int _end;

    /// <summary>Creates the runs of a chunk.</summary>
    /// <param name="table">The buffer table.</param>
    /// <param name="entry">The entry of the buffer, which has units.</param>
    /// <param name="start">The position of the chunk's first element in the buffer.</param>
    /// <param name="length">The number of elements of the chunk.</param>
    internal UnitRuns(BufferTable table, in GradientEntry entry, int start, int length)
    {
        _units = table.Units.Of(entry);
        _unitLength = entry.UnitLength;
        _start = start;
        _end = start + length;
    }

    /// <summary>The position of the run's first element in the chunk.</summary>
    internal int Start { get; private set; }

    /// <summary>The number of elements of the run.</summary>
    internal int Length { get; private set; }

    /// <summary>The factor of the run.</summary>
    internal ScaleFactor Factor { get; private set; }

    /// <summary>Scales the units of a whole buffer by their factors.</summary>
    internal static void Scale<T>(BufferTable table, in GradientEntry entry, Span<T> gradient)
    {
        if (!entry.Scale)
            return;
        var runs = new UnitRuns(table, entry, 0, gradient.Length);
        while (runs.MoveNext())
        {
            if (runs.Factor.Value != 1)
                GradientElements.Scale(gradient.Slice(runs.Start, runs.Length), runs.Factor);
        }
    }

    /// <summary>Moves to the next run.</summary>
    internal bool MoveNext()
    {
        if (_end <= _start)
            return false;
        int unit = (_end - 1) / _unitLength;
        ScaleFactor factor = _units[unit].Factor;
        while (unit > 0 && unit * _unitLength > _start && IsSame(_units[unit - 1].Factor, factor))
            unit--;
        int start = Math.Max(unit * _unitLength, _start);
        (Start, Length, Factor) = (start - _start, _end - start, factor);
        _end = start;
        return true;
    }

    // A NaN factor equals no other factor.
    private static bool IsSame(in ScaleFactor left, in ScaleFactor right) => left.First == right.First && left.Second == right.Second;
}
