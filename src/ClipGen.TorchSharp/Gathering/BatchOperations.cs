using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Torch.Remote;
using ClipGen.Torch.Stepping;
using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The operations on gathered gradients. If all gradients are plain memory, the runtime does everything. Other gradients on the CPU are
/// replaced by dense copies, which are written back. For gradients on other devices, see <see cref="RemoteClip"/>.
/// </summary>
internal static class BatchOperations
{
    /// <summary>Clips.</summary>
    /// <param name="batch">The gradients.</param>
    /// <param name="rules">The limits.</param>
    /// <param name="report">Receives the results, or null.</param>
    /// <param name="isForStep">Whether a step follows. The result then says whether it is to be skipped.</param>
    /// <param name="ranks">The processes that hold other gradients of the same model, for a step; or null.</param>
    internal static ClipResult Clip(
        GradientBatch batch, ReadOnlySpan<ClipRule> rules, ClipReport? report, bool isForStep = false, RankExchange? ranks = null)
    {
        if (!batch.HasIndirect)
            return ClipVisited(batch, rules, report, isForStep, ranks);

        foreach (ref readonly ClipRule rule in rules)
            GradientOperations.Validate(rule, nameof(rules));
        SharedMemory.Mark(batch);
        RefuseComplexByValue(batch, rules);
        Copy(batch, GradientKind.Copied);
        if (batch.HasRemote)
        {
            // A report needs the norm of every gradient, gradients without a limit are checked too, and a norm over processes is an exact
            // sum: all three need all elements.
            if (report is null && ranks is null && CoversAll(rules) && !ClipState.NeedsParameters(rules)
                && RemoteClip.TryClip(batch, rules, isForStep, out ClipResult clipped))
            {
                WriteBack(batch, clipped);
                return clipped;
            }

            Copy(batch, GradientKind.Remote);
        }

        if (ClipState.NeedsParameters(rules))
            CopyParameters(batch);
        ClipResult result = ClipVisited(batch, rules, report, isForStep, ranks);
        WriteBack(batch, result);
        return result;
    }

    /// <summary>Averages over processes. Gradients that are not plain memory are copied, and written back.</summary>
    /// <param name="batch">The gradients.</param>
    /// <param name="exchange">The processes.</param>
    /// <param name="call">The call that averages.</param>
    /// <param name="terms">Reads what else must be the same in all processes; null for nothing.</param>
    /// <exception cref="NotSupportedException">A gradient is complex. Nothing was changed.</exception>
    internal static void Average(
        GradientBatch batch,
        IGradientExchange exchange,
        CallKind call = CallKind.AverageGradients,
        Func<bool, SharedTerms>? terms = null)
    {
        bool copies = batch.HasIndirect && exchange.Size > 1;
        if (copies)
        {
            RefuseComplex(batch);
            SharedMemory.Mark(batch);
            Copy(batch, GradientKind.Copied);
            Copy(batch, GradientKind.Remote);
        }

        AveragePass.Run(new BatchSource(batch), exchange, call, terms);
        if (copies)
            WriteCopiesBack(batch);
    }

    internal static double Norm(GradientBatch batch, double normType)
    {
        if (batch.HasIndirect)
        {
            GradientOperations.ValidateOrder(normType, nameof(normType));
            SharedMemory.Mark(batch);
            Copy(batch, GradientKind.Copied);
            MeasureTogether(batch, normType);
        }

        return GradientOperations.Norm(new BatchSource(batch), normType);
    }

    internal static int Norms(GradientBatch batch, Span<double> norms, double normType)
    {
        if (batch.HasIndirect)
        {
            GradientOperations.ValidateOrder(normType, nameof(normType));
            SharedMemory.Mark(batch);
            Copy(batch, GradientKind.Copied);
            MeasureEach(batch, normType);
        }

        return GradientOperations.Norms(new BatchSource(batch), norms, normType);
    }

    internal static IReadOnlyList<string> Names(GradientBatch batch)
    {
        if (batch.HasIndirect)
        {
            // Scaling does not need copies of the elements.
            SharedMemory.Mark(batch);
            batch.ClearSurrogates();
            foreach (ref GradientRecord record in batch.Records)
            {
                if (record.Kind is not (GradientKind.Copied or GradientKind.Remote) || record.Length == 0)
                    continue;
                record.Kind = GradientKind.Remote;
                batch.AddSurrogate(ref record, 0);
            }
        }

        return GradientOperations.Names(new BatchSource(batch));
    }

    internal static void Scale(GradientBatch batch, double factor)
    {
        if (batch.HasIndirect)
        {
            SharedMemory.Mark(batch);
            Copy(batch, GradientKind.Copied);
        }

        GradientOperations.Scale(new BatchSource(batch), factor);
        if (!batch.HasIndirect)
            return;
        WriteCopiesBack(batch);
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Kind == GradientKind.Remote && record.Length > 0)
                RemoteGradient.Scale(batch, ref record, factor);
        }
    }

    internal static void Zero(GradientBatch batch)
    {
        if (batch.HasIndirect)
            SharedMemory.Mark(batch);
        GradientOperations.Zero(new BatchSource(batch));
        if (!batch.HasIndirect)
            return;
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Kind is GradientKind.Copied or GradientKind.Remote && record.Length > 0)
                RemoteGradient.Zero(batch, ref record);
        }
    }

    /// <summary>For direct traversals by the runtime's visitors: throws unless all gradients are plain memory of .NET's types.</summary>
    internal static void ThrowIfIndirect(GradientBatch batch)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (record.Kind is < GradientKind.BFloat16 or > GradientKind.Tied)
                continue;
            throw new NotSupportedException(
                $"The gradient '{batch.PathOf(record)}' is not a dense float, double, half or bfloat16 tensor on the CPU. A model that "
                + "holds modules, ClipSharded, and the optimizers of ClipGen.Optimizers need such gradients. The module's own "
                + "ClipGradients(), and ClipAndStep and ClipAndStepSharded with an optimizer of TorchSharp, take any gradient.");
        }
    }

    /// <summary>Clips what the runtime visits: plain memory, copies and surrogates.</summary>
    internal static ClipResult ClipVisited(
        GradientBatch batch,
        ReadOnlySpan<ClipRule> rules,
        ClipReport? report = null,
        bool isForStep = false,
        RankExchange? ranks = null)
    {
        if (isForStep)
            return StepPlan.Clip(new BatchSource(batch), rules, report, ranks);
        return report is not null
            ? GradientOperations.ClipUnobserved(new BatchSource(batch), rules, report)
            : GradientOperations.ClipUnobserved(new BatchSource(batch), rules);
    }

    private static bool CoversAll(ReadOnlySpan<ClipRule> rules)
    {
        foreach (ref readonly ClipRule rule in rules)
        {
            if (rule.Group is null)
                return true;
        }

        return false;
    }

    private static void MeasureTogether(GradientBatch batch, double normType)
    {
        if (!batch.HasRemote)
            return;
        using DisposeScope scope = torch.NewDisposeScope();
        var tensors = new List<torch.Tensor>();
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Kind == GradientKind.Remote && record.Length > 0)
                tensors.Add(RemoteGradient.Elements(ref record));
        }

        double? norm = null;
        if (tensors.Count > 0 && tensors.TrueForAll(tensor => RemoteNorms.CanCompute(tensor, normType)))
        {
            var norms = new RemoteNorms();
            int request = norms.Add(tensors, normType);
            norms.Fetch();
            norm = norms[request];
        }

        if (norm is not { } found || !RemoteClip.IsUsable(found, normType))
        {
            Copy(batch, GradientKind.Remote);
            return;
        }

        batch.ClearSurrogates();
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Kind != GradientKind.Remote || record.Length == 0)
                continue;
            batch.AddSurrogate(ref record, found);
            break;
        }
    }

    private static void MeasureEach(GradientBatch batch, double normType)
    {
        if (!batch.HasRemote)
            return;
        using DisposeScope scope = torch.NewDisposeScope();
        var norms = new RemoteNorms();
        var requests = new Dictionary<int, int>();
        for (int i = 0; i < batch.Records.Length; i++)
        {
            ref GradientRecord record = ref batch.Records[i];
            if (record.Kind != GradientKind.Remote || record.Length == 0)
                continue;
            torch.Tensor tensor = RemoteGradient.Elements(ref record);
            if (RemoteNorms.CanCompute(tensor, normType))
                requests.Add(i, norms.Add([tensor], normType));
        }

        norms.Fetch();
        batch.ClearSurrogates();
        for (int i = 0; i < batch.Records.Length; i++)
        {
            ref GradientRecord record = ref batch.Records[i];
            if (record.Kind != GradientKind.Remote || record.Length == 0)
                continue;
            if (requests.TryGetValue(i, out int request) && RemoteClip.IsUsable(norms[request], normType))
                batch.AddSurrogate(ref record, norms[request]);
            else
                DenseCopies.Replace(ref record);
        }
    }

    private static void RefuseComplexByValue(GradientBatch batch, ReadOnlySpan<ClipRule> rules)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (record.Kind is not (GradientKind.Copied or GradientKind.Remote) || !record.Tensor!.is_complex())
                continue;
            int rule = RemoteClip.RuleOf(rules, record);
            if (rule < 0 || !rules[rule].ByValue)
                continue;
            throw new NotSupportedException(
                $"The gradient '{batch.PathOf(record)}' is complex. Complex gradients can be clipped by their norm, not by value.");
        }
    }

    private static void RefuseComplex(GradientBatch batch)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (record.Kind is not (GradientKind.Copied or GradientKind.Remote) || !record.Tensor!.is_complex())
                continue;
            throw new NotSupportedException(
                $"The gradient '{batch.PathOf(record)}' is complex. Complex gradients cannot be averaged over processes.");
        }
    }

    private static void Copy(GradientBatch batch, GradientKind kind)
    {
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Kind == kind && record.Length > 0)
                DenseCopies.Replace(ref record);
        }
    }

    private static void CopyParameters(GradientBatch batch)
    {
        foreach (ref GradientRecord record in batch.Records)
        {
            if (record.Copy is not null)
                DenseCopies.CopyParameter(batch, ref record);
        }
    }

    private static void WriteBack(GradientBatch batch, in ClipResult result)
    {
        if (result.Clipped || result.Scale != 1)
            WriteCopiesBack(batch);
    }

    private static void WriteCopiesBack(GradientBatch batch)
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (record.Copy is not null)
                DenseCopies.WriteBack(batch, record);
        }
    }
}
