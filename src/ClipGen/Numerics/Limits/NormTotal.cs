using ClipGen.Exchange;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Limits;

/// <summary>
/// The L2 norm over several norms, computed without overflow and underflow. It has the same bits in whatever order the norms are added,
/// and for every number of processes that hold them.
/// </summary>
internal sealed class NormTotal
{
    private double[] _norms = [];
    private int _count;

    /// <summary>Begins with none.</summary>
    internal void Clear() => _count = 0;

    /// <summary>Adds a norm. An infinite norm makes the total infinite.</summary>
    internal void Add(double norm)
    {
        if (norm == 0)
            return;
        if (_count == _norms.Length)
            Array.Resize(ref _norms, Math.Max(16, 2 * _count));
        _norms[_count++] = norm;
    }

    /// <summary>The total.</summary>
    /// <param name="ranks">The processes that hold other norms, which all ask together; or null.</param>
    internal double Value(RankExchange? ranks)
    {
        double squares = SumOfSquares(1, ranks);
        if (BufferNorms.IsExact(squares, order: 2))
            return Math.Sqrt(squares);
        double largest = 0;
        foreach (double norm in _norms.AsSpan(0, _count))
            largest = Math.Max(largest, norm);
        ranks?.FindLargest(new Span<double>(ref largest));
        return BufferNorms.IsScalable(largest) ? largest * Math.Sqrt(SumOfSquares(largest, ranks)) : largest;
    }

    // Rounded once; NaN where a square is not finite.
    private double SumOfSquares(double unit, RankExchange? ranks)
    {
        if (ranks is null)
        {
            var compensated = new CompensatedSum();
            foreach (double norm in _norms.AsSpan(0, _count))
                compensated.Add(norm / unit * (norm / unit));
            if (compensated.TryRound(out double sum))
                return sum;
        }

        var exact = new ExactSum();
        foreach (double norm in _norms.AsSpan(0, _count))
            exact.Add(norm / unit * (norm / unit));
        ranks?.AddUp(exact.Words);
        return exact.Round();
    }
}
