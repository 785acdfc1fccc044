namespace ClipGen.Numerics.Limits;

/// <summary>The L2 norm over several norms, computed without overflow and underflow.</summary>
internal struct NormTotal
{
    private double _largest;
    private double _sum;

    /// <summary>The norm so far.</summary>
    internal readonly double Value => _largest == 0 ? 0 : _largest * Math.Sqrt(_sum);

    /// <summary>Adds a norm. An infinite norm makes the total infinite.</summary>
    internal void Add(double norm)
    {
        if (norm == 0)
            return;
        if (double.IsPositiveInfinity(norm) || double.IsPositiveInfinity(_largest))
        {
            (_largest, _sum) = (double.PositiveInfinity, 1);
            return;
        }

        if (norm > _largest)
        {
            double ratio = _largest / norm;
            _sum = (_sum * (ratio * ratio)) + 1;
            _largest = norm;
        }
        else
        {
            double ratio = norm / _largest;
            _sum += ratio * ratio;
        }
    }
}
