using ClipGen.Numerics;
using ClipGen.Torch.Numerics;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The operations over gathered gradients. Where all are plain memory, the runtime does everything. Others take part by a number that stands for all
/// their elements (a vector whose norm is n counts in every norm as the single number n does), and are then scaled or clamped as that number was.
/// </summary>
internal static class BatchOperations
{
    internal static ClipResult Clip(GradientBatch batch, ReadOnlySpan<ClipRule> rules, ClipReport? report)
    {
        bool isOne = rules is [{ Group: null }];
        if (!batch.HasIndirect)
            return ClipVisited(batch, rules, report);

        ReplaceByCopies(batch, all: !isOne);
        ClipResult result = isOne ? ClipByStandIns(batch, rules[0], report) : ClipVisited(batch, rules, report);
        if (result.Clipped || result.Scale != 1)
            WriteCopiesBack(batch);
        return result;
    }

    internal static double Norm(GradientBatch batch, double normType)
    {
        Prepare(batch, normType);
        return GradientOperations.Norm(new BatchSource(batch), normType);
    }

    internal static int Norms(GradientBatch batch, Span<double> norms, double normType)
    {
        Prepare(batch, normType);
        return GradientOperations.Norms(new BatchSource(batch), norms, normType);
    }

    internal static IReadOnlyList<string> Names(GradientBatch batch)
    {
        Prepare(batch, double.PositiveInfinity);
        return GradientOperations.Names(new BatchSource(batch));
    }

    internal static void Scale(GradientBatch batch, double factor)
    {
        if (batch.HasIndirect)
            ReplaceByCopies(batch, all: false);
        GradientOperations.Scale(new BatchSource(batch), factor);
        if (!batch.HasIndirect)
            return;
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (HasOwnElements(record))
                IndirectGradient.Scale(record, factor);
        }

        WriteCopiesBack(batch);
    }

    internal static void Zero(GradientBatch batch)
    {
        if (batch.HasIndirect)
            ReplaceByCopies(batch, all: false);
        GradientOperations.Zero(new BatchSource(batch));
        if (!batch.HasIndirect)
            return;
        ZeroIndirect(batch);
        WriteCopiesBack(batch);
    }

    /// <summary>For the runtime's visitors themselves: everything is plain memory now, or refused.</summary>
    internal static void ThrowIfIndirect(GradientBatch batch)
    {
        if (!batch.HasIndirect)
            return;
        throw new NotSupportedException(
            "A module inside a model that is not a module itself can have dense float, double and half gradients on the CPU only; "
            + "put the clip attribute on the module instead.");
    }

    private static ClipResult ClipVisited(GradientBatch batch, ReadOnlySpan<ClipRule> rules, ClipReport? report) => report is null
        ? GradientOperations.Clip(new BatchSource(batch), rules)
        : GradientOperations.Clip(new BatchSource(batch), rules, report);

    private static ClipResult ClipByStandIns(GradientBatch batch, in ClipRule rule, ClipReport? report)
    {
        double total = 0;
        if (rule.ByValue)
        {
            Measure(batch, 2);
            total = GradientOperations.Norm(new BatchSource(batch), 2);
            MeasureLargest(batch, rule.Limit);
        }
        else
        {
            Measure(batch, rule.NormType);
        }

        double[] before = batch.StandIns.ToArray();
        ClipResult result;
        try
        {
            result = ClipVisited(batch, new ReadOnlySpan<ClipRule>(in rule), report);
        }
        catch (NonFiniteGradientException exception)
        {
            throw Relocate(batch, exception, infinityToo: !rule.ByValue || double.IsPositiveInfinity(rule.Limit));
        }

        if (rule.ByValue)
            result = result with { TotalNorm = total };
        if (!result.IsFinite && result.Scale == 0 && rule.NonFinite == NonFinitePolicy.Zero)
            ZeroIndirect(batch);
        else if (result.Clipped || result.Scale != 1)
            Follow(batch, rule, result, before);
        return result;
    }

    // Does to every gradient what was done to the number that stands for it.
    private static void Follow(GradientBatch batch, in ClipRule rule, in ClipResult result, double[] before)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (!HasOwnElements(record) || record.StandInLength == 0)
                continue;
            if (rule.ByValue)
            {
                IndirectGradient.Clamp(record, rule.Limit);
                continue;
            }

            double factor = result.Scale;
            if (rule.Scope == ClipScope.PerParameter)
            {
                double norm = before[record.StandIn];
                factor = rule.NonFinite == NonFinitePolicy.Leave && !result.IsFinite ? 1
                    : double.IsPositiveInfinity(norm) ? 0
                    : norm == 0 ? 1
                    : batch.StandIns[record.StandIn] / norm;
            }

            if (factor != 1)
                IndirectGradient.Scale(record, factor);
        }
    }

    private static void Prepare(GradientBatch batch, double normType)
    {
        if (!batch.HasIndirect)
            return;
        ReplaceByCopies(batch, all: false);
        Measure(batch, normType);
    }

    private static void Measure(GradientBatch batch, double normType)
    {
        batch.ClearStandIns();
        foreach (ref GradientRecord record in batch.Records)
        {
            if (!HasOwnElements(record) || record.Length == 0)
                continue;
            batch.AddStandIns(ref record, 1);
            batch.StandIns[record.StandIn] = IndirectGradient.Norm(record, normType);
        }
    }

    // Two numbers, so that a NaN does not hide what else exceeds the limit.
    private static void MeasureLargest(GradientBatch batch, double limit)
    {
        batch.ClearStandIns();
        foreach (ref GradientRecord record in batch.Records)
        {
            if (!HasOwnElements(record) || record.Length == 0)
                continue;
            batch.AddStandIns(ref record, 2);
            double largest = IndirectGradient.LargestNumber(record, out bool hasNaN);

            // An element that the limit, rounded to its type, leaves alone does not exceed it.
            if (largest > limit && largest <= IndirectGradient.RoundLimit(record, limit))
                largest = limit;
            batch.StandIns[record.StandIn] = hasNaN ? double.NaN : 0;
            batch.StandIns[record.StandIn + 1] = largest;
        }
    }

    private static void ReplaceByCopies(GradientBatch batch, bool all)
    {
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Kind == GradientKind.Sparse
                || (record.Kind == GradientKind.Tensor && (all || TensorLayout.IsExpanded(record.Tensor!)))
                || (record.Kind == GradientKind.BFloat16 && all))
            {
                DenseCopies.Replace(ref record);
            }
        }
    }

    private static void WriteCopiesBack(GradientBatch batch)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (record.Copy is not null)
                DenseCopies.WriteBack(record);
        }
    }

    private static void ZeroIndirect(GradientBatch batch)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (HasOwnElements(record))
                IndirectGradient.Zero(record);
        }
    }

    private static bool HasOwnElements(in GradientRecord record) =>
        record is { Kind: GradientKind.BFloat16 or GradientKind.Tensor, IsTied: false };

    // The runtime knows the number that stands for a gradient; people want the element in the gradient.
    private static NonFiniteGradientException Relocate(GradientBatch batch, NonFiniteGradientException exception, bool infinityToo)
    {
        IReadOnlyList<string> names = RecordNames.Of(batch);
        for (int i = 0; i < names.Count; i++)
        {
            ref readonly GradientRecord record = ref batch.Records[i];
            if (!HasOwnElements(record) || record.StandInLength == 0 || names[i] != exception.GradientName)
                continue;
            long index = IndirectGradient.IndexOfNonFinite(record, infinityToo, out double value);
            if (index >= 0)
                return new NonFiniteGradientException(exception.GradientName, index, value);
        }

        return exception;
    }
}
