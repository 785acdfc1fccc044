using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Sums;

/// <summary>A sum of terms that are zero or greater, with what its additions round away, and a bound of the error that is left.</summary>
/// <remarks>
/// <para>
/// Each addition is exact: the rounded sum and its error are both numbers of <see cref="double"/> (D. Knuth, "The Art of Computer
/// Programming", volume 2,
/// section 4.2.2). Only the errors are added with rounding. With n terms and u = 2^-53, each error is at most u times the sum, so that
/// all of them together are
/// at most n·u, and adding them up rounds away at most n·u of that: n²·u² of the sum in all.
/// </para>
/// <para>
/// Where every number within that distance rounds to the same <see cref="double"/>, it is the correctly rounded sum, which has no order.
/// This fails for about
/// one in 2^52/n² sums; <see cref="ExactSum"/> adds these up again.
/// </para>
/// </remarks>
internal struct CompensatedSum
{
    // 4u², so that the roundings of the bound itself do not matter.
    private const double UnitSquared = 4.930380657631324e-32;

    private double _high;
    private double _low;
    private int _count;

    /// <summary>Adds a term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(double term)
    {
        double before = _high;
        double high = before + term;
        double added = high - before;
        _low += (before - (high - added)) + (term - added);
        _high = high;
        _count++;
    }

    /// <summary>Keeps the larger of the value so far and <paramref name="term"/>. A sum takes either this or <see cref="Add"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enlarge(double term) => _high = Math.Max(_high, term);

    /// <summary>Whether no term and no sum was infinite or NaN.</summary>
    internal readonly bool IsFinite => double.IsFinite(_high);

    /// <summary>The correctly rounded sum. False where it is not known, or where the sum is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool TryRound(out double sum)
    {
        sum = _low == 0 ? _high : _high + _low;
        double error = (double)_count * _count * UnitSquared * _high;
        return _high + (_low - error) == sum && _high + (_low + error) == sum;
    }
}
