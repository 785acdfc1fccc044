using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Observing;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>Divides gradients by a loss scale and clips them, without a step.</summary>
internal static class UnscaledClip
{
    /// <summary>Divides by the loss scale, clips, and updates the loss scale.</summary>
    /// <param name="scaler">The loss scale.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="rule">The limit, in the units of the gradients divided by the loss scale.</param>
    /// <param name="site">The call that contains the limit.</param>
    internal static ClipResult Run(LossScaler scaler, in ClippedParameters parameters, in ClipRule rule, in ClipSite site)
    {
        if (!ClipObservation.IsOn)
            return Run(scaler, parameters, rule, report: null);
        var rules = new ReadOnlySpan<ClipRule>(in rule);
        using var observed = new ObservedClip(ObservedTorchClip.ModelOf(parameters.Module, site), rules, report: null, limit: null, scaler);
        ClipResult result = Run(scaler, parameters, rule, observed.Report);
        observed.Complete(result);
        return result;
    }

    private static ClipResult Run(LossScaler scaler, in ClippedParameters parameters, in ClipRule rule, ClipReport? report)
    {
        using ReplacedRules replaced = new(new ReadOnlySpan<ClipRule>(in rule), null, scaler);
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            parameters.AddTo(batch);
            ClipResult result = batch.HasIndirect
                ? ClipIndirect(batch, parameters, replaced, report)
                : ClipDense(batch, replaced, scaler, report);
            scaler.Update(result.IsFinite);
            return replaced.Unscale(result);
        }
        finally
        {
            batch.Return();
        }
    }

    private static ClipResult ClipDense(GradientBatch batch, in ReplacedRules replaced, LossScaler scaler, ClipReport? report)
    {
        using var plan = new StepPlan(new BatchSource(batch), replaced.Rules, scaler, report);
        plan.Apply();
        return plan.Result;
    }

    private static ClipResult ClipIndirect(
        GradientBatch batch, in ClippedParameters parameters, in ReplacedRules replaced, ClipReport? report)
    {
        ClipResult result = BatchOperations.Clip(batch, replaced.Rules, report, isForStep: true);
        if (!result.IsFinite)
            return result with { Skipped = true };

        // A clip may have replaced gradients.
        batch.Clear();
        parameters.AddTo(batch);
        BatchOperations.Scale(batch, 1 / replaced.Scale);
        return result;
    }

    /// <summary>Parameters that may be gathered several times: those of an array, or of a module.</summary>
    internal readonly struct ClippedParameters
    {
        private readonly Parameter[]? _array;
        private readonly torch.nn.Module? _module;

        internal ClippedParameters(IEnumerable<Parameter> parameters) => _array = parameters as Parameter[] ?? [.. parameters];

        internal ClippedParameters(torch.nn.Module module) => _module = module;

        /// <summary>The module, or null for an array.</summary>
        internal torch.nn.Module? Module => _module;

        /// <summary>Gathers the gradients.</summary>
        internal void AddTo(GradientBatch batch)
        {
            if (_module is not null)
                batch.Add(_module);
            else
                batch.Add(_array.AsSpan());
        }
    }
}
