using ClipGen.Numerics;
using ClipGen.Optimizers.Stepping;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>Divides a loss scale out of gradients and clips them, without a step.</summary>
internal static class UnscaledClip
{
    /// <summary>Unscales, clips, and tells the scaler whether the gradients were finite.</summary>
    /// <param name="scaler">The loss scale.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="rule">The limit, in the units of the gradients without the loss scale.</param>
    internal static ClipResult Run(LossScaler scaler, in ClippedParameters parameters, in ClipRule rule)
    {
        using ReplacedRules replaced = new(new ReadOnlySpan<ClipRule>(in rule), null, scaler);
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            parameters.AddTo(batch);
            ClipResult result = batch.HasIndirect ? ClipIndirect(batch, parameters, replaced) : ClipDense(batch, replaced, scaler);
            scaler.Update(result.IsFinite);
            return replaced.Unscale(result);
        }
        finally
        {
            batch.Return();
        }
    }

    private static ClipResult ClipDense(GradientBatch batch, in ReplacedRules replaced, LossScaler scaler)
    {
        using var plan = new StepPlan(new BatchSource(batch), replaced.Rules, scaler);
        plan.Apply();
        return plan.Result;
    }

    private static ClipResult ClipIndirect(GradientBatch batch, in ClippedParameters parameters, in ReplacedRules replaced)
    {
        ClipResult result = BatchOperations.Clip(batch, replaced.Rules, null, isForStep: true);
        if (!result.IsFinite)
            return result with { Skipped = true };

        // A clip may have replaced gradients.
        batch.Clear();
        parameters.AddTo(batch);
        BatchOperations.Scale(batch, 1 / replaced.Scale);
        return result;
    }

    /// <summary>Parameters that may be gathered more than once: those of an array, or of a module.</summary>
    internal readonly struct ClippedParameters
    {
        private readonly Parameter[]? _array;
        private readonly torch.nn.Module? _module;

        internal ClippedParameters(IEnumerable<Parameter> parameters) => _array = parameters as Parameter[] ?? [.. parameters];

        internal ClippedParameters(torch.nn.Module module) => _module = module;

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
