using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Limits;

/// <summary>Limits each unit's gradient by the norm of its weights. The state is only the number of steps, for the warm-up.</summary>
/// <remarks>
/// Source: A. Brock et al., "High-performance large-scale image recognition without normalization", ICML 2021. As in the paper, weight
/// norms below 1e-3 count as 1e-3, so that weights that start at zero can grow.
/// </remarks>
internal sealed class AdaptiveClipState(AdaptiveClipSettings settings) : BufferLimitState(settings)
{
    private const double LeastWeight = 1e-3;

    private readonly NormTotal _clipped = new();

    internal override bool Decide(BufferTable table, int rule, RankExchange? ranks, ref Excess excess)
    {
        bool isWarmUp = IsWarmingUp;

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
            // Weights that are not finite give no limit.
            double limit = isWarmUp || !double.IsFinite(unit.Weight)
                ? double.PositiveInfinity
                : settings.Ratio * Math.Max(unit.Weight, LeastWeight) * LossScale;
            double norm = unit.Gradient.Value;
            double clipped = norm;
            unit.Factor = new ScaleFactor(1);
            if (unit.Gradient.Exceeds(limit, epsilon: 0))
            {
                entry.Scale = true;
                unit.Factor = unit.Gradient.FactorTo(limit, epsilon: 0).Times(entry.RoundingMargin);
                if (unit.Factor.Value < entry.Factor.Value)
                    entry.Factor = unit.Factor;
                excess.AddScaled(norm, limit, unit.Factor.Value);
                clipped = limit;
            }

            if (counts)
                _clipped.Add(clipped);

            // A report shows the unit that exceeds its limit most, or else the closest.
            if (norm / limit >= worst)
                (worst, entry.Compared, entry.Limit) = (norm / limit, norm, limit);
        }
    }
}
