namespace TemporalOrder.Networks;

/// <summary>Values of the units for a batch at each of several times, in rows: [time, sequence, unit].</summary>
internal sealed class UnitSequence(int times)
{
    /// <summary>The number of elements of one time.</summary>
    public const int BatchRows = SequenceBatch.Size * BatchKernels.RowLength;

    private readonly float[] _rows = new float[times * BatchRows];

    /// <summary>The rows of one time.</summary>
    public Span<float> this[int time] => _rows.AsSpan(time * BatchRows, BatchRows);

    /// <summary>The rows of all times from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
    public Span<float> Times(int first, int count) => _rows.AsSpan(first * BatchRows, count * BatchRows);
}
