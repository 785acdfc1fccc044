using ClipGen.Observing;

namespace ClipGen.Numerics.Limits;

/// <summary>
/// The norms of all steps in bounded memory: up to <see cref="MostExact"/> norms are stored; after that, all are in a
/// <see cref="QuantileSketch"/>.
/// </summary>
internal sealed class NormHistory
{
    /// <summary>The maximum number of norms with exact quantiles.</summary>
    internal const int MostExact = 2048;

    private const string Norms = "norms";
    private const string Sketch = "sketch";

    // In ascending order, while they are stored.
    private readonly double[] _norms = new double[MostExact];
    private QuantileSketch _sketch = new();

    /// <summary>The number of norms.</summary>
    internal long Count { get; private set; }

    /// <summary>Adds a norm.</summary>
    /// <param name="norm">The norm: positive and finite.</param>
    internal void Add(double norm)
    {
        if (Count < MostExact)
        {
            int index = FirstNotLess(norm);
            Array.Copy(_norms, index, _norms, index + 1, (int)Count - index);
            _norms[index] = norm;
            Count++;
            return;
        }

        if (Count == MostExact)
        {
            foreach (double kept in _norms)
                _sketch.Add(kept);
        }

        _sketch.Add(norm);
        Count++;
    }

    /// <summary>A quantile, interpolated linearly between the two nearest norms.</summary>
    /// <param name="share">The share of norms below it, from 0 to 1. The history must not be empty.</param>
    internal double Quantile(double share)
    {
        if (Count > MostExact)
            return _sketch.Quantile(share);
        double rank = share * (Count - 1);
        int lower = (int)rank;
        return lower + 1 == Count ? _norms[lower] : _norms[lower] + ((rank - lower) * (_norms[lower + 1] - _norms[lower]));
    }

    /// <summary>The quantile after one more norm, which is not added.</summary>
    /// <param name="share">The share of norms below it, from 0 to 1.</param>
    /// <param name="norm">The norm: positive and finite.</param>
    internal double QuantileWith(double share, double norm)
    {
        if (Count > MostExact)
            return _sketch.QuantileWith(share, norm);
        double rank = share * Count;
        int lower = (int)rank;
        int position = FirstNotLess(norm);
        double low = ValueAt(lower);
        return lower == Count ? low : low + ((rank - lower) * (ValueAt(lower + 1) - low));

        double ValueAt(int index) => index < position ? _norms[index] : index == position ? norm : _norms[index - 1];
    }

    /// <summary>Removes all norms.</summary>
    internal void Clear()
    {
        Count = 0;
        _sketch.Clear();
    }

    /// <summary>Writes the norms.</summary>
    internal void Write(SavedLimit saved)
    {
        if (Count <= MostExact)
        {
            saved.WriteNumbers(Norms, _norms[..(int)Count]);
            return;
        }

        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            _sketch.Write(writer);
        saved.WriteText(Sketch, Convert.ToBase64String(stream.ToArray()));
    }

    /// <summary>Reads the norms written by <see cref="Write"/>, into an empty history.</summary>
    /// <param name="saved">The saved numbers.</param>
    /// <param name="count">The number of norms.</param>
    /// <exception cref="InvalidDataException">The number of norms differs.</exception>
    internal void Read(SavedLimit saved, long count)
    {
        Count = count;
        if (count > MostExact)
        {
            _sketch = ReadSketch(saved);
            if (_sketch.Count != count || !(_sketch.Minimum > 0))
                throw saved.Invalid(Sketch);
            return;
        }

        double[] norms = saved.ReadNumbers(Norms);
        if (norms.Length != count)
            throw saved.Invalid(Norms);
        for (int i = 0; i < norms.Length; i++)
        {
            if (norms[i] is not (> 0 and <= double.MaxValue) || (i > 0 && norms[i] < norms[i - 1]))
                throw saved.Invalid(Norms);
        }

        norms.CopyTo(_norms, 0);
    }

    private static QuantileSketch ReadSketch(SavedLimit saved)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(Convert.FromBase64String(saved.ReadText(Sketch))));
            return QuantileSketch.Read(reader);
        }
        catch (Exception exception) when (exception is FormatException or EndOfStreamException)
        {
            throw saved.Invalid(Sketch);
        }
    }

    private int FirstNotLess(double norm)
    {
        int low = 0;
        int high = (int)Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_norms[middle] < norm)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
