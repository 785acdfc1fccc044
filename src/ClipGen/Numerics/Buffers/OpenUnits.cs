using System.Runtime.CompilerServices;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Limits;
using ClipGen.Numerics.Norms;

namespace ClipGen.Numerics.Buffers;

/// <summary>
/// Decides the factors of units while a step runs, one gradient at a time. The step is about to read the weights anyway, so that measuring
/// them costs no pass over memory.
/// </summary>
/// <remarks>
/// Most units are within their limit. For those, a sum of squares in any order is sufficient: it is compared with a margin. A unit that may
/// exceed its limit is measured as in other clips, so that the decisions, and the bits, are the same.
/// </remarks>
internal sealed class OpenUnits
{
    /// <summary>
    /// The longest unit whose weights a step adds up in their own precision. With four lanes, at most 1024 roundings of 2^-24 affect a
    /// term.
    /// </summary>
    private const int LongestRow = 4096;

    // More than the error of those sums, and of the sums of the gradients.
    private const double Margin = 1 + 1e-3;

    // Just above the sums that EuclideanNorm.IsExact rejects, because they may lack elements that underflowed.
    private const double LeastSum = 1.1e-24;

    private double[] _squares = [];
    private AdaptiveClipState? _state;
    private double _roundingMargin;
    private double _bound;
    private double _unscale;
    private int _first;
    private Excess _excess = new();

    /// <summary>The number of units of the gradient.</summary>
    internal int Count { get; private set; }

    /// <summary>The number of elements of each unit.</summary>
    internal int Length { get; private set; }

    /// <summary>Whether <see cref="IsWithin"/> can be used.</summary>
    internal bool AreRows => Length <= LongestRow;

    /// <summary>The factor of a unit that is within its limit.</summary>
    internal ScaleFactor Usual => new(_unscale);

    /// <summary>What exceeded its limit, in all gradients so far.</summary>
    internal Excess Excess => _excess;

    /// <summary>Forgets what exceeded its limit.</summary>
    internal void Reset() => _excess = new Excess();

    /// <summary>The sums of squares of the gradients of some units, to be filled.</summary>
    internal Span<double> Squares(int first, int count)
    {
        if (_squares.Length < first + count)
            Array.Resize(ref _squares, Math.Max(first + count, 2 * _squares.Length));
        return _squares.AsSpan(first, count);
    }

    /// <summary>Begins with the units of another gradient.</summary>
    /// <param name="entry">The entry of the gradient.</param>
    /// <param name="state">Its limit.</param>
    /// <param name="unscale">An additional factor: one over the loss scale, or 1.</param>
    internal OpenUnits Of(in GradientEntry entry, AdaptiveClipState state, double unscale)
    {
        (_state, _unscale, _first, Count, Length) = (state, unscale, entry.FirstUnit, entry.UnitCount, entry.UnitLength);
        _roundingMargin = entry.RoundingMargin;
        double bound = Margin / state.SquareOfRatio;
        _bound = double.IsNormal(bound) ? bound : double.NaN;
        return this;
    }

    /// <summary>The elements of a unit; empty if there are none.</summary>
    internal Span<T> Part<T>(Span<T> elements, int unit) => elements.IsEmpty ? elements : elements.Slice(unit * Length, Length);

    /// <summary>Whether a unit is certainly within its limit. NaN is not.</summary>
    /// <param name="unit">The number of the unit.</param>
    /// <param name="weights">The sum of squares of its weights, or a part of it, added in any order.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsWithin(int unit, double weights) =>
        Math.Max(_squares[_first + unit], LeastSum) * _bound <= Math.Max(weights, AdaptiveClipState.SquareOfLeastWeight)
        && weights <= double.MaxValue;

    /// <summary>Measures the weights of a unit, and decides its factor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ScaleFactor Decide<T>(int unit, Span<T> gradient, Span<T> parameter)
    {
        Span<T> weights = Part(parameter, unit);
        double squares = GradientElements.SumOfSquares(weights);

        // Decided without a root: it would wait for the divisions of the step, and a branch that waits for it delays everything after it.
        if (AreRows && IsWithin(unit, squares))
            return Usual;
        ScaledNorm norm = UnitTable.NormOf(Part(gradient, unit), _squares[_first + unit]);
        double limit = _state!.LimitOf(UnitTable.NormOf(weights, squares).Value);
        return AdaptiveClipState.FactorTo(limit, norm, _roundingMargin, ref _excess).Times(_unscale);
    }
}
