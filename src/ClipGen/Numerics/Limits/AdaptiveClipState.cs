using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;

namespace ClipGen.Numerics.Limits;

/// <summary>Limits each unit's gradient by the norm of its weights. The state is only the number of steps, for the warm-up.</summary>
/// <remarks>
/// Source: A. Brock et al., "High-performance large-scale image recognition without normalization", ICML 2021. As in the paper, weight
/// norms below 1e-3 count as 1e-3, so that weights that start at zero can grow.
/// </remarks>
internal sealed class AdaptiveClipState(AdaptiveClipSettings settings) : BufferLimitState(settings)
{
    private const double LeastWeight = 1e-3;

    /// <summary>The square of the norm that smaller weight norms count as.</summary>
    internal const double SquareOfLeastWeight = LeastWeight * LeastWeight;

    private readonly NormTotal _clipped = new();

    /// <summary>The square of the ratio of a unit's limit to its weights, in the units of the current clip.</summary>
    internal double SquareOfRatio => settings.Ratio * LossScale * (settings.Ratio * LossScale);

    /// <summary>Whether a step can decide about each unit alone: no limit needs the norm of all clipped units.</summary>
    internal bool IsDecidable => double.IsPositiveInfinity(settings.MaxNorm);

    /// <summary>The limit of a unit. Weights that are not finite give none.</summary>
    internal double LimitOf(double weight) => double.IsFinite(weight)
        ? settings.Ratio * Math.Max(weight, LeastWeight) * LossScale
        : double.PositiveInfinity;

    /// <summary>The factor of a unit's gradient; 1 if it is within its limit.</summary>
    internal static ScaleFactor FactorTo(double limit, in ScaledNorm gradient, double roundingMargin, ref Excess excess)
    {
        if (!gradient.Exceeds(limit, epsilon: 0))
            return new ScaleFactor(1);
        ScaleFactor factor = gradient.FactorTo(limit, epsilon: 0).Times(roundingMargin);
        excess.AddScaled(gradient.Value, limit, factor.Value);
        return factor;
    }

    internal override bool Decide(BufferTable table, int rule, RankExchange? ranks, ref Excess excess)
    {
        bool isWarmUp = IsWarmingUp;
        if (table.Units.AreOpen)
        {
            foreach (ref GradientEntry entry in table.Entries)
                entry.IsOpen |= entry.Rule == rule && !isWarmUp;
            return false;
        }

        // Every process has the same MaxNorm, so that all ask for the total, or none does.
        bool isTotalLimited = !double.IsPositiveInfinity(MaxNorm);
        _clipped.Clear();
        foreach (ref GradientEntry entry in table.Entries)
        {
            if (entry.Rule == rule)
                DecideUnits(table.Units.Of(entry), ref entry, isWarmUp, isTotalLimited && Counts(entry, ranks), ref excess);
        }

        double factor = isTotalLimited ? FactorOfTotal(_clipped.Value(ranks), MaxNorm, ref excess) : 1;
        bool acts = false;
        foreach (ref GradientEntry entry in table.Entries)
        {
            if (entry.Rule != rule)
                continue;
            if (factor != 1)
            {
                entry.Scale = true;
                entry.Factor = entry.Factor.Times(factor);
                foreach (ref UnitEntry unit in table.Units.Of(entry))
                    unit.Factor = unit.Factor.Times(factor);
            }

            acts |= entry.Scale;
        }

        return acts;
    }

    internal override void Commit() => Steps++;

    private void DecideUnits(Span<UnitEntry> units, ref GradientEntry entry, bool isWarmUp, bool counts, ref Excess excess)
    {
        double worst = 0;
        entry.Scale = false;
        entry.Factor = new ScaleFactor(1);
        foreach (ref UnitEntry unit in units)
        {
            double limit = isWarmUp ? double.PositiveInfinity : LimitOf(unit.Weight);
            double norm = unit.Gradient.Value;
            unit.Factor = FactorTo(limit, unit.Gradient, entry.RoundingMargin, ref excess);
            bool isScaled = unit.Factor.Value != 1;
            entry.Scale |= isScaled;
            if (unit.Factor.Value < entry.Factor.Value)
                entry.Factor = unit.Factor;
            if (counts)
                _clipped.Add(isScaled ? limit : norm);

            // A report shows the unit that exceeds its limit most, or else the closest.
            if (norm / limit >= worst)
                (worst, entry.Compared, entry.Limit) = (norm / limit, norm, limit);
        }
    }
}
