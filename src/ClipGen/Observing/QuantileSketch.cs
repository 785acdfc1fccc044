namespace ClipGen.Observing;

/// <summary>
/// Quantiles of positive numbers in bounded memory: exact for the first <see cref="MostExact"/> numbers, within <see cref="RelativeError"/>
/// after that.
/// </summary>
/// <remarks>
/// <para>
/// After that it is a DDSketch: the numbers are counted in buckets whose width is a fixed share of their lower end, so that the middle of a
/// bucket is within half that share of every number in it. The leading bits of a number are its bucket: the exponent and, at first,
/// <see cref="FinestBits"/> bits of the fraction. Where the buckets between the smallest and the largest number are more than
/// <see cref="MostBuckets"/>, each two neighbours become one (uniform collapse), and the error doubles. It is 0.1 % for numbers within a
/// factor of 256, 0.4 % for numbers within a factor of 4·10⁹.
/// </para>
/// <para>
/// Sources: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB
/// 2019; I. Epicoco et al., "UDDSketch: accurate tracking of quantiles in data streams", IEEE Access 2020.
/// </para>
/// <para>The result depends on the numbers alone: no logarithm and nothing random takes part.</para>
/// </remarks>
internal sealed class QuantileSketch
{
    /// <summary>The number of values that are kept as they are.</summary>
    internal const int MostExact = 2048;

    /// <summary>The largest number of buckets.</summary>
    internal const int MostBuckets = 4096;

    /// <summary>The number of bits of the fraction that tell buckets apart at first.</summary>
    internal const int FinestBits = 12;

    private const int FractionBits = 52;

    // What ToArray writes before the counts.
    private const int HeaderLength = 4;

    // The values in ascending order, while there are few.
    private readonly double[] _values = new double[MostExact];

    // The counts of all buckets from the first to the last.
    private readonly long[] _counts = new long[MostBuckets];
    private int _used;
    private long _first;
    private int _bits;

    // Where the last quantile was found, and how many numbers are in the buckets before. The next one is close by.
    private int _cursor;
    private long _before;

    /// <summary>The number of values.</summary>
    internal long Count { get; private set; }

    /// <summary>The smallest value; 0 without any.</summary>
    internal double Smallest { get; private set; }

    /// <summary>The largest value; 0 without any.</summary>
    internal double Largest { get; private set; }

    /// <summary>Whether quantiles are exact.</summary>
    internal bool IsExact => Count <= MostExact;

    /// <summary>The largest relative error of a quantile; 0 while they are exact.</summary>
    internal double RelativeError => IsExact ? 0 : Math.ScaleB(1, -_bits - 1);

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value: positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is not positive, or not finite.</exception>
    internal void Add(double value)
    {
        ThrowIfOutOfRange(value);
        Smallest = Count == 0 ? value : Math.Min(Smallest, value);
        Largest = Math.Max(Largest, value);
        if (Count < MostExact)
        {
            int index = FirstNotLess(value);
            Array.Copy(_values, index, _values, index + 1, (int)Count - index);
            _values[index] = value;
            Count++;
            return;
        }

        if (Count == MostExact)
        {
            _bits = FinestBits;
            for (int i = 0; i < MostExact; i++)
                CountIn(_values[i]);
        }

        CountIn(value);
        Count++;
    }

    /// <summary>Forgets all values.</summary>
    internal void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        _used = _cursor = 0;
        _before = 0;
        Smallest = Largest = 0;
    }

    /// <summary>A quantile, interpolated linearly between the two nearest values, as NumPy's default does.</summary>
    /// <param name="quantile">From 0 for the smallest to 1 for the largest value.</param>
    /// <returns>The quantile; NaN without values.</returns>
    internal double Quantile(double quantile) => Interpolate(quantile, Count, added: 0);

    /// <summary>A quantile as it would be with one value more. Nothing is added.</summary>
    /// <param name="quantile">From 0 for the smallest to 1 for the largest value.</param>
    /// <param name="added">The value: positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="added"/> is not positive, or not finite.</exception>
    internal double QuantileWith(double quantile, double added)
    {
        ThrowIfOutOfRange(added);
        return Interpolate(quantile, Count + 1, added);
    }

    /// <summary>The state in numbers, each of which <see cref="double"/> holds exactly.</summary>
    internal double[] ToArray()
    {
        if (IsExact)
            return _values[..(int)Count];
        double[] state = new double[HeaderLength + _used];
        (state[0], state[1], state[2], state[3]) = (_bits, _first, Smallest, Largest);
        for (int i = 0; i < _used; i++)
            state[HeaderLength + i] = _counts[i];
        return state;
    }

    /// <summary>Replaces everything by a state that <see cref="ToArray"/> gave.</summary>
    /// <param name="state">The state.</param>
    /// <param name="count">The number of values.</param>
    /// <returns>False if it is not the state of so many values. Then nothing was changed.</returns>
    internal bool TryRead(ReadOnlySpan<double> state, long count)
    {
        if (count <= MostExact)
        {
            if (state.Length != count || !AreAscending(state))
                return false;
            Clear();
            state.CopyTo(_values);
            Count = count;
            (Smallest, Largest) = count == 0 ? (0, 0) : (state[0], state[^1]);
            return true;
        }

        if (state.Length is <= HeaderLength or > HeaderLength + MostBuckets)
            return false;
        (double bits, double first, double smallest, double largest) = (state[0], state[1], state[2], state[3]);
        ReadOnlySpan<double> counts = state[HeaderLength..];
        if (bits is not (>= 0 and <= FinestBits)
            || !double.IsInteger(bits)
            || !IsValue(smallest)
            || !IsValue(largest)
            || first != BucketOf(smallest, (int)bits)
            || BucketOf(largest, (int)bits) != first + counts.Length - 1)
        {
            return false;
        }

        long sum = 0;
        foreach (double number in counts)
        {
            if (!(number >= 0 && number <= count) || !double.IsInteger(number))
                return false;
            sum += (long)number;
        }

        if (sum != count)
            return false;
        Clear();
        (_bits, _first, Smallest, Largest, Count, _used) = ((int)bits, (long)first, smallest, largest, count, counts.Length);
        for (int i = 0; i < counts.Length; i++)
            _counts[i] = (long)counts[i];
        return true;
    }

    private static bool IsValue(double value) => value is > 0 and <= double.MaxValue;

    private static void ThrowIfOutOfRange(double value)
    {
        if (!IsValue(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "The value is positive and finite.");
    }

    private static bool AreAscending(ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!IsValue(values[i]) || (i > 0 && values[i] < values[i - 1]))
                return false;
        }

        return true;
    }

    // The bits of positive numbers are in the order of the numbers.
    private static long BucketOf(double value, int bits) => BitConverter.DoubleToInt64Bits(value) >> (FractionBits - bits);

    private double Interpolate(double quantile, long count, double added)
    {
        if (count == 0)
            return double.NaN;
        double rank = quantile * (count - 1);
        long lower = (long)rank;
        double value = ValueAt(lower, added);
        double share = rank - lower;
        return share == 0 || lower + 1 >= count ? value : value + ((ValueAt(lower + 1, added) - value) * share);
    }

    // The value at a position in ascending order, with one value added unless that is 0.
    private double ValueAt(long rank, double added)
    {
        if (!IsExact)
            return BucketAt(rank, added);
        if (added == 0)
            return _values[rank];
        int position = FirstNotLess(added);
        return rank < position ? _values[rank] : rank == position ? added : _values[rank - 1];
    }

    private double BucketAt(long rank, double added)
    {
        // The ends are known.
        if (rank == 0)
            return added == 0 ? Smallest : Math.Min(Smallest, added);
        if (rank == Count - (added == 0 ? 1 : 0))
            return Math.Max(Largest, added);
        long position = added == 0 ? long.MaxValue : BucketOf(added, _bits) - _first;
        if (position < 0)
            rank--;

        while (_cursor > 0 && rank < Before(position))
            _before -= _counts[--_cursor];
        while (_cursor < _used && rank >= Before(position) + _counts[_cursor] + (position == _cursor ? 1 : 0))
            _before += _counts[_cursor++];

        double low = BitConverter.Int64BitsToDouble((_first + _cursor) << (FractionBits - _bits));
        double high = BitConverter.Int64BitsToDouble((_first + _cursor + 1) << (FractionBits - _bits));
        return Math.Clamp(low + ((high - low) / 2), Smallest, Largest);
    }

    // The number of values in the buckets before the cursor, the added one included.
    private long Before(long position) => _before + (position >= 0 && position < _cursor ? 1 : 0);

    private int FirstNotLess(double value)
    {
        int low = 0;
        int high = (int)Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_values[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private void CountIn(double value)
    {
        long bucket = BucketOf(value, _bits);
        if (_used == 0)
            _first = bucket;
        while (Math.Max(bucket, _first + _used - 1) - Math.Min(bucket, _first) >= MostBuckets)
        {
            Collapse();
            bucket >>= 1;
        }

        if (bucket < _first)
        {
            int shift = (int)(_first - bucket);
            Array.Copy(_counts, 0, _counts, shift, _used);
            Array.Clear(_counts, 0, shift);
            _used += shift;
            _first = bucket;
            _cursor = 0;
            _before = 0;
        }

        int index = (int)(bucket - _first);
        _used = Math.Max(_used, index + 1);
        _counts[index]++;
        if (index < _cursor)
            _before++;
    }

    // Each two neighbouring buckets become one.
    private void Collapse()
    {
        long first = _first >> 1;
        int last = 0;
        for (int i = 0; i < _used; i++)
        {
            long count = _counts[i];
            _counts[i] = 0;
            last = (int)(((_first + i) >> 1) - first);
            _counts[last] += count;
        }

        _first = first;
        _used = last + 1;
        _bits--;
        _cursor = 0;
        _before = 0;
    }
}
