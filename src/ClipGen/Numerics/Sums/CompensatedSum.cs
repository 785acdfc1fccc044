using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Sums;

/// <summary>
/// A sum of terms that are zero or greater, with the rounding errors of its additions and a bound of the remaining error.
/// </summary>
/// <remarks>
/// <para>
/// Each addition is exact: the rounded sum and its error are both <see cref="double"/> numbers (D. Knuth, "The Art of Computer
/// Programming", volume 2, section 4.2.2). Only the errors are added with rounding. With n terms and u = 2^-53, each error is at most u
/// times the sum, so the errors together are at most n·u times the sum. Adding them loses at most n·u of that, which is n²·u² of the sum.
/// </para>
/// <para>
/// If all numbers within that distance round to the same <see cref="double"/>, this is the correctly rounded sum, which does not depend on
/// the order. This fails for about one in 2^52/n² sums; <see cref="ExactSum"/> computes these again.
/// </para>
/// </remarks>
internal struct CompensatedSum
{
    // 4u² instead of u², to allow for the rounding of the bound itself.
    private const double UnitSquared = 4.930380657631324e-32;

    private double _high;
    private double _low;
    private int _count;

    /// <summary>Adds a term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(double term)
    {
        // Zero plus the term is the term. In unrolled code the JIT knows the count, and the additions are not on the way to the sum.
        if (_count == 0)
        {
            _high = term;
            _count = 1;
            return;
        }

        double before = _high;
        double high = before + term;
        double added = high - before;
        _low += (before - (high - added)) + (term - added);
        _high = high;
        _count++;
    }

    /// <summary>
    /// Keeps the larger of the current value and <paramref name="term"/>. One object uses either this method or <see cref="Add"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enlarge(double term) => _high = Math.Max(_high, term);

    /// <summary>Whether no term and no sum was infinite or NaN.</summary>
    internal readonly bool IsFinite => double.IsFinite(_high);

    /// <summary>Gets the correctly rounded sum. Returns false if it is unknown, or if the sum is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool TryRound(out double sum)
    {
        sum = _low == 0 ? _high : _high + _low;
        double error = (double)_count * _count * UnitSquared * _high;
        return _high + (_low - error) == sum && _high + (_low + error) == sum;
    }
}
