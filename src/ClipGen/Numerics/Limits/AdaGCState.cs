using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Limits;

/// <summary>The mean norm of each buffer, by its path.</summary>
/// <remarks>
/// Source: G. Wang et al., "AdaGC: enhancing LLM pretraining stability via adaptive gradient clipping", 2025. During the warm-up, the mean
/// is the smallest clipped norm so far. Norms of 0 are ignored, because a mean of 0 would keep the gradient of its buffer at 0.
/// </remarks>
internal sealed class AdaGCState(AdaGCSettings settings) : BufferLimitState(settings)
{
    // From the paper.
    private const double Decay = 0.98;

    private const string Mean = "mean.";

    private readonly Dictionary<string, MeanNorm> _byPath = new(StringComparer.Ordinal);
    private readonly NormTotal _clipped = new();

    // The norm over all buffers in the current clip, after their own limits; 0 for none.
    private double _total;

    // The means by ordinal, valid while the model does not change.
    private MeanNorm?[] _byOrdinal = new MeanNorm?[64];
    private int _count;

    internal override void Begin(double lossScale)
    {
        base.Begin(lossScale);
        _total = 0;
        foreach (MeanNorm? mean in _byOrdinal.AsSpan(0, _count))
        {
            if (mean is not null)
                mean.Pending = 0;
        }
    }

    internal override void Bind<TSource>(TSource gradients, BufferTable table, int rule)
    {
        Walk<CheckMeans> walk = Walk<CheckMeans>.Through(gradients, new CheckMeans(_byOrdinal, table, rule));
        if (walk.Operation.AreAsBefore && walk.Count == _count)
            return;
        GradientNames names = GradientNames.Of(gradients);
        if (_byOrdinal.Length < table.Count)
            _byOrdinal = new MeanNorm?[Math.Max(table.Count, 2 * _byOrdinal.Length)];
        Array.Clear(_byOrdinal);
        _count = table.Count;
        Walk.Through(gradients, new BindMeans(_byPath, names, _byOrdinal, table, rule));
    }

    internal override bool Decide(BufferTable table, int rule, RankExchange? ranks, ref Excess excess)
    {
        bool isWarmUp = IsWarmingUp;
        _clipped.Clear();
        for (int i = 0; i < table.Count; i++)
        {
            ref GradientEntry entry = ref table[i];
            if (entry.Rule != rule)
                continue;
            ScaledNorm norm = BufferNorms.Combine(new Span<GradientEntry>(ref entry), rule, order: 2);
            MeanNorm mean = _byOrdinal[i]!;
            double limit = isWarmUp || mean.Value == 0 ? double.PositiveInfinity : settings.Ratio * mean.Value * LossScale;
            entry.Limit = limit;
            entry.Scale = norm.Exceeds(limit, epsilon: 0);
            mean.Pending = norm.Value;
            if (entry.Scale)
            {
                entry.Factor = norm.FactorTo(limit, epsilon: 0);
                excess.AddScaled(norm.Value, limit, entry.Factor.Value);
                mean.Pending = limit;
            }

            if (Counts(entry, ranks))
                _clipped.Add(mean.Pending);
        }

        double limitOfTotal = isWarmUp ? Math.Min(settings.MaxNorm, settings.WarmUpNorm) * LossScale : MaxNorm;
        _total = _clipped.Value(ranks);
        return ScaleTotal(table, rule, FactorOfTotal(_total, limitOfTotal, ref excess));
    }

    internal override void Commit()
    {
        foreach (MeanNorm? mean in _byOrdinal.AsSpan(0, _count))
        {
            if (mean is null || mean.Pending is not (> 0 and <= double.MaxValue))
                continue;
            double norm = mean.Pending / LossScale;
            if (mean.Value == 0)
                mean.Value = norm;
            else if (IsWarmingUp)
                mean.Value = Math.Min(mean.Value, norm);
            else
                mean.Value = (Decay * mean.Value) + ((1 - Decay) * norm);
            mean.Pending = 0;
        }

        // Of all processes, so that all count the same steps.
        Steps += _total is > 0 and <= double.MaxValue ? 1 : 0;
        _total = 0;
    }

    internal override void Reset()
    {
        base.Reset();
        foreach (MeanNorm mean in _byPath.Values)
            mean.Value = 0;
    }

    internal override void Write(SavedLimit saved)
    {
        base.Write(saved);
        foreach ((string path, MeanNorm mean) in _byPath)
        {
            if (mean.Value > 0)
                saved.WriteNumber(Mean + path, mean.Value);
        }
    }

    internal override void Read(SavedLimit saved)
    {
        Reset();
        base.Read(saved);
        foreach ((string path, double number) in saved.ReadAll(Mean, least: 0))
        {
            if (!_byPath.TryGetValue(path, out MeanNorm? mean))
                _byPath.Add(path, mean = new MeanNorm());
            mean.Value = number;
        }
    }

    private bool ScaleTotal(BufferTable table, int rule, double factor)
    {
        bool acts = false;
        for (int i = 0; i < table.Count; i++)
        {
            ref GradientEntry entry = ref table[i];
            if (entry.Rule != rule)
                continue;
            if (factor != 1)
            {
                entry.Factor = entry.Scale ? entry.Factor.Times(factor) : new Kernels.ScaleFactor(factor);
                entry.Scale = true;
                _byOrdinal[i]!.Pending *= factor;
            }

            acts |= entry.Scale;
        }

        return acts;
    }

    /// <summary>The state of one buffer.</summary>
    internal sealed class MeanNorm
    {
        /// <summary>The mean of its clipped norms; 0 before the first.</summary>
        internal double Value { get; set; }

        /// <summary>Its norm after the current clip, in the units of that clip; 0 for none.</summary>
        internal double Pending { get; set; }

        /// <summary>Its number among all gradients.</summary>
        internal int Position { get; set; }

        /// <summary>A hash of the keys and names before it. If they change, positions identify other buffers.</summary>
        internal int Keys { get; set; }
    }
}
