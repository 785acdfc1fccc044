namespace ClipGen.Observing;

/// <summary>
/// The quantiles of any number of values in bounded memory: a DDSketch (C. Masson, J. E. Rim and H. K. Lee, "DDSketch: a fast and
/// fully-mergeable quantile sketch with relative-error guarantees", PVLDB 12(12), 2019) with a linearly interpolated logarithm.
/// </summary>
/// <remarks>
/// <para>
/// Each power of two is divided into 128 buckets of equal width, each of which counts its values. A quantile is the middle of a bucket, so
/// its relative error is at most <see cref="RelativeError"/>. Count, sum, minimum and maximum are exact.
/// </para>
/// <para>
/// The number of a bucket consists of the exponent and the first bits of the mantissa. No logarithm is computed, so the sketch is the same
/// on every machine. The order of the values only affects the last bits of <see cref="Sum"/>. The buckets cover at most 64 powers of two
/// below the largest value (19 decimal digits); smaller values are counted in the lowest bucket.
/// </para>
/// </remarks>
internal sealed class QuantileSketch
{
    /// <summary>The largest relative error of a quantile.</summary>
    internal const double RelativeError = 1.0 / 256;

    /// <summary>The maximum number of buckets. Each takes eight bytes.</summary>
    internal const int MostBuckets = 64 << MantissaBits;

    private const int MantissaBits = 7;
    private const int Shift = 52 - MantissaBits;

    private long[] _counts = [];

    // The number of the first bucket in the array.
    private int _first;
    private long _zeros;

    // The bucket of the last quantile, and the number of values in the buckets before it. The next quantile is usually close to it.
    private int _cursor;
    private long _before;

    /// <summary>The number of values.</summary>
    internal long Count { get; private set; }

    /// <summary>The sum of the values.</summary>
    internal double Sum { get; private set; }

    /// <summary>The smallest value; infinite if there are none.</summary>
    internal double Minimum { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest value; 0 if there are none.</summary>
    internal double Maximum { get; private set; }

    /// <summary>The average; 0 if there are no values.</summary>
    internal double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>The memory of the buckets, in bytes.</summary>
    internal long Size => (long)_counts.Length * sizeof(long);

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value: finite, 0 or greater.</param>
    internal void Add(double value)
    {
        if (value is not (>= 0 and <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value must be finite, and 0 or greater.");
        Count++;
        Sum += value;
        Minimum = Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
        if (value == 0)
            _zeros++;
        else
            CountIn(BucketOf(value), 1);
    }

    /// <summary>Adds the values of another sketch.</summary>
    internal void Add(QuantileSketch other)
    {
        Count += other.Count;
        Sum += other.Sum;
        Minimum = Math.Min(Minimum, other.Minimum);
        Maximum = Math.Max(Maximum, other.Maximum);
        _zeros += other._zeros;
        for (int i = other._counts.Length - 1; i >= 0; i--)
        {
            if (other._counts[i] > 0)
                CountIn(other._first + i, other._counts[i]);
        }
    }

    /// <summary>Removes all values.</summary>
    internal void Clear()
    {
        Array.Clear(_counts);
        (Count, Sum, Minimum, Maximum, _zeros) = (0, 0, double.PositiveInfinity, 0, 0);
        (_cursor, _before) = (0, 0);
    }

    /// <summary>
    /// Computes a quantile, with linear interpolation between two neighbouring values as in NumPy's <c>percentile</c>.
    /// </summary>
    /// <param name="share">The share, from 0 to 1.</param>
    /// <returns>The quantile, with a relative error of at most <see cref="RelativeError"/>; 0 if there are no values.</returns>
    internal double Quantile(double share)
    {
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share must be between 0 and 1.");
        if (Count == 0)
            return 0;
        double rank = share * (Count - 1);
        long lower = Math.Min((long)rank, Count - 1);
        double low = ValueAt(lower);
        double weight = rank - lower;
        return weight > 0 && lower + 1 < Count ? low + (weight * (ValueAt(lower + 1) - low)) : low;
    }

    /// <summary>Computes the quantile after one more value, which is not added.</summary>
    /// <param name="share">The share, from 0 to 1.</param>
    /// <param name="added">The value: finite, 0 or greater.</param>
    /// <returns>The quantile, with a relative error of at most <see cref="RelativeError"/>.</returns>
    internal double QuantileWith(double share, double added)
    {
        double rank = share * Count;
        long lower = Math.Min((long)rank, Count);
        double low = ValueWith(lower, added);
        double weight = rank - lower;
        return weight > 0 && lower < Count ? low + (weight * (ValueWith(lower + 1, added) - low)) : low;
    }

    /// <summary>
    /// Counts the values greater than a bound. In the bucket of the bound, values are assumed to be evenly distributed.
    /// </summary>
    internal double CountAbove(double bound)
    {
        if (!(bound < Maximum))
            return 0;
        if (bound < Minimum)
            return Count;
        if (bound == 0)
            return Count - _zeros;
        int bucket = Math.Max(BucketOf(bound), _first);
        double above = 0;
        for (int i = _counts.Length - 1; i > bucket - _first; i--)
            above += _counts[i];
        if (bucket - _first >= _counts.Length)
            return above;
        double start = StartOf(bucket);
        double share = (StartOf(bucket + 1) - bound) / (StartOf(bucket + 1) - start);
        return above + (_counts[bucket - _first] * Math.Clamp(share, 0, 1));
    }

    /// <summary>Writes the state, which <see cref="Read"/> reads.</summary>
    internal void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(Sum);
        writer.Write(Minimum);
        writer.Write(Maximum);
        writer.Write(_zeros);
        int used = 0;
        foreach (long count in _counts)
            used += count > 0 ? 1 : 0;
        writer.Write(used);
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0)
                continue;
            writer.Write(_first + i);
            writer.Write(_counts[i]);
        }
    }

    /// <summary>Reads the state written by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">The state is inconsistent.</exception>
    /// <exception cref="EndOfStreamException">The state is truncated.</exception>
    internal static QuantileSketch Read(BinaryReader reader)
    {
        var sketch = new QuantileSketch
        {
            Count = reader.ReadInt64(),
            Sum = reader.ReadDouble(),
            Minimum = reader.ReadDouble(),
            Maximum = reader.ReadDouble(),
            _zeros = reader.ReadInt64(),
        };
        int used = reader.ReadInt32();
        bool isValid = used is >= 0 and <= MostBuckets && sketch._zeros >= 0 && sketch.Maximum is >= 0 and <= double.MaxValue
            && sketch.Minimum >= 0;
        long rest = sketch.Count - sketch._zeros;
        for (int i = 0; isValid && i < used; i++)
        {
            int bucket = reader.ReadInt32();
            long count = reader.ReadInt64();
            isValid = bucket >= 0 && bucket <= BucketOf(double.MaxValue) && count > 0 && count <= rest;
            if (!isValid)
                break;
            rest -= count;
            sketch.CountIn(bucket, count);
        }

        return isValid && rest == 0 ? sketch : throw new InvalidDataException("The state of a quantile sketch is inconsistent.");
    }

    private static int BucketOf(double value) => (int)(BitConverter.DoubleToInt64Bits(value) >> Shift);

    private static double StartOf(int bucket) => BitConverter.Int64BitsToDouble((long)bucket << Shift);

    // The value with a rank, counted from 0.
    private double ValueAt(long rank)
    {
        if (rank == 0)
            return Minimum;
        if (rank == Count - 1)
            return Maximum;
        if (rank < _zeros)
            return 0;
        while (rank < _zeros + _before)
            _before -= _counts[--_cursor];
        while (_cursor < _counts.Length - 1 && rank >= _zeros + _before + _counts[_cursor])
            _before += _counts[_cursor++];
        double start = StartOf(_first + _cursor);
        return Math.Clamp(start + ((StartOf(_first + _cursor + 1) - start) / 2), Minimum, Maximum);
    }

    // The value with a rank after one more value.
    private double ValueWith(long rank, double added)
    {
        if (Count == 0 || (rank == 0 && added <= Minimum) || (rank == Count && added >= Maximum))
            return added;
        if (rank == Count)
            return Maximum;

        // The value with that rank, or the rank before it, without the additional value.
        double upper = ValueAt(rank);
        if (upper <= added)
            return upper;
        return rank == 0 ? Minimum : Math.Max(ValueAt(rank - 1), Math.Min(added, upper));
    }

    private void CountIn(int bucket, long count)
    {
        if (_counts.Length == 0)
            _first = bucket;
        int last = Math.Max(bucket, _first + _counts.Length - 1);
        int first = Math.Max(Math.Min(bucket, _first), last - MostBuckets + 1);
        if (first != _first || last - first >= _counts.Length)
            MoveTo(first, last - first + 1);
        int index = Math.Max(bucket, _first) - _first;
        _counts[index] += count;
        if (index < _cursor)
            _before += count;
    }

    // Values below the new first bucket are counted in it.
    private void MoveTo(int first, int length)
    {
        long[] counts = new long[length];
        for (int i = 0; i < _counts.Length; i++)
            counts[Math.Max(_first + i, first) - first] += _counts[i];
        (_counts, _first) = (counts, first);
        (_cursor, _before) = (0, 0);
    }
}
