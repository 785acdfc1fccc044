using System.Runtime.InteropServices;

namespace ClipGen.Observing.Recording;

/// <summary>
/// A run in at most <see cref="MostColumns"/> columns, each of which covers the same number of steps. When all columns are full, neighbours
/// are joined, and each covers twice as many steps.
/// </summary>
/// <typeparam name="TColumn">The data of the steps in a column.</typeparam>
internal sealed class Timeline<TColumn>
    where TColumn : IColumn<TColumn>
{
    /// <summary>The maximum number of columns.</summary>
    internal const int MostColumns = 512;

    private readonly List<TColumn> _columns = [];
    private long _inLast;

    /// <summary>The number of steps in a column; the last one may have fewer.</summary>
    internal long Stride { get; private set; } = 1;

    /// <summary>The columns, in the order of the steps.</summary>
    internal ReadOnlySpan<TColumn> Columns => CollectionsMarshal.AsSpan(_columns);

    /// <summary>The number of steps.</summary>
    internal long Steps => _columns.Count == 0 ? 0 : ((_columns.Count - 1) * Stride) + _inLast;

    /// <summary>Adds a step.</summary>
    internal void Add(TColumn step)
    {
        if (_columns.Count > 0 && _inLast < Stride)
        {
            _columns[^1] = TColumn.Join(_columns[^1], step);
            _inLast++;
            return;
        }

        if (_columns.Count == MostColumns)
            Halve();
        _columns.Add(step);
        _inLast = 1;
    }

    private void Halve()
    {
        for (int i = 0; i < MostColumns / 2; i++)
            _columns[i] = TColumn.Join(_columns[2 * i], _columns[(2 * i) + 1]);
        _columns.RemoveRange(MostColumns / 2, MostColumns / 2);
        Stride *= 2;
    }
}
