using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Observing;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>
/// Clips gradients and steps an optimizer: in one pass if possible, otherwise one after the other, with the same result.
/// </summary>
internal static class StepOperations
{
    [ThreadStatic]
    private static ClippedOrdinals? _ordinals;

    /// <summary>Clips the gradients of all parameters of the optimizer.</summary>
    internal static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        in ClipRule rule,
        LossScaler? scaler,
        bool zeroGradients,
        in ClipSite site,
        IGradientExchange? exchange = null) =>
        ClipAndStep(optimizer, null, new ReadOnlySpan<ClipRule>(in rule), null, scaler, null, zeroGradients, site, exchange);

    /// <summary>Clips the gradients of all parameters of the optimizer by an adaptive limit.</summary>
    internal static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite,
        LossScaler? scaler,
        bool zeroGradients,
        in ClipSite site,
        IGradientExchange? exchange = null) =>
        ClipAndStep(optimizer, null, [limit.Rule(nonFinite)], null, scaler, limit.State, zeroGradients, site, exchange);

    /// <summary>Clips the gradients of a module by the limits that it declares.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">The module.</param>
    /// <param name="limit">A limit instead of the one for all gradients, or null.</param>
    /// <param name="scaler">The loss scale of the gradients, or null.</param>
    /// <param name="zeroGradients">Whether to set the gradients of the optimizer's parameters to zero afterwards.</param>
    /// <param name="exchange">The processes that hold other gradients of the module, or null.</param>
    internal static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        torch.nn.Module module,
        double? limit,
        LossScaler? scaler,
        bool zeroGradients,
        IGradientExchange? exchange = null)
    {
        if (module is IClipModel model)
        {
            ReadOnlySpan<ClipRule> rules = model.GetClipRules();
            return ClipAndStep(optimizer, module, rules, limit, scaler, ClipState.For(module, rules), zeroGradients, default, exchange);
        }

        string name = module.GetType().Name;
        throw new ArgumentException(
            module is IClippable
                ? $"{name} implements {nameof(IClippable)} without generated code, so its limits are unknown. "
                    + "Call its ClipGradients(), then step()."
                : $"{name} declares no limit for its gradients. Put [ClipGradNorm(1.0)] on the class, which must be partial, or pass "
                + "the limit here: optimizer.ClipAndStep(1.0).",
            nameof(module));
    }

    private static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        torch.nn.Module? module,
        ReadOnlySpan<ClipRule> rules,
        double? limit,
        LossScaler? scaler,
        ClipState? state,
        bool zeroGradients,
        in ClipSite site,
        IGradientExchange? exchange)
    {
        if (!ClipObservation.IsOn)
            return ClipAndStepReported(optimizer, module, rules, limit, scaler, state, zeroGradients, report: null, exchange);
        using var observed = new ObservedClip(ObservedTorchClip.ModelOf(module, site), rules, report: null, limit, scaler);
        try
        {
            ClipResult result = ClipAndStepReported(
                optimizer, module, rules, limit, scaler, state, zeroGradients, observed.Report, exchange);
            observed.Complete(result);
            return result;
        }
        catch (NonFiniteGradientException) when (observed.Fail())
        {
            throw;
        }
    }

    // A name of its own: overloads would make calls that end with "default" ambiguous.
    private static ClipResult ClipAndStepReported(
        torch.optim.Optimizer optimizer,
        torch.nn.Module? module,
        ReadOnlySpan<ClipRule> rules,
        double? limit,
        LossScaler? scaler,
        ClipState? state,
        bool zeroGradients,
        ClipReport? report,
        IGradientExchange? exchange)
    {
        if (limit is null && scaler is null && state is null)
            return ClipAndStep(optimizer, module, rules, null, zeroGradients, report, exchange);
        using ReplacedRules replaced = new(rules, limit, scaler, state);
        ClipResult result = ClipAndStep(optimizer, module, replaced.Rules, scaler, zeroGradients, report, exchange);
        ClipState.Commit(replaced.Rules, result);
        scaler?.Update(result.IsFinite);
        return replaced.Unscale(result);
    }

    // If there is no module, the gradients of the optimizer's parameters are clipped.
    private static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        torch.nn.Module? module,
        ReadOnlySpan<ClipRule> rules,
        LossScaler? scaler,
        bool zeroGradients,
        ClipReport? report,
        IGradientExchange? exchange)
    {
        OwnStep.ThrowIfRefused(optimizer);

        // A native optimizer creates objects for its parameters.
        using DisposeScope? scope = optimizer is OptimizerHelper ? null : torch.NewDisposeScope();
        SteppedParameters parameters = SteppedParameters.Rent(optimizer, withUnits: module is null && ClipState.NeedsParameters(rules));
        GradientBatch clipped = parameters.Gradients;
        try
        {
            if (module is not null)
            {
                clipped = GradientBatch.Rent();
                if (ClipState.NeedsParameters(rules))
                    clipped.AskForUnits();
                clipped.Add(module);
            }

            return ClipAndStep(optimizer, parameters, clipped, rules, scaler, zeroGradients, report, exchange);
        }
        finally
        {
            if (clipped != parameters.Gradients)
                clipped.Return();
            parameters.Return();
        }
    }

    private static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        SteppedParameters parameters,
        GradientBatch clipped,
        ReadOnlySpan<ClipRule> rules,
        LossScaler? scaler,
        bool zeroGradients,
        ClipReport? report,
        IGradientExchange? exchange)
    {
        RankExchange? ranks = ShardedClip.Begin(exchange, CallKind.ClipAndStepSharded, rules, scaler);
        FusedStep? step = clipped.HasIndirect ? null : FusedStep.TryRent(optimizer, parameters);
        try
        {
            if (step is null || !step.TryMarkRepeated())
                return OwnStep.ClipAndStep(optimizer, parameters, clipped, rules, scaler, zeroGradients, report, ranks);
            if (clipped != parameters.Gradients)
            {
                ClippedOrdinals ordinals = _ordinals ??= new ClippedOrdinals();
                ordinals.Read(clipped);
                step.Match(ordinals);
            }

            return ClipAndStep(step, parameters, clipped, rules, scaler, zeroGradients, report, ranks);
        }
        finally
        {
            step?.Return();
        }
    }

    private static ClipResult ClipAndStep(
        FusedStep step,
        SteppedParameters parameters,
        GradientBatch clipped,
        ReadOnlySpan<ClipRule> rules,
        LossScaler? scaler,
        bool zeroGradients,
        ClipReport? report,
        RankExchange? ranks)
    {
        using var plan = new StepPlan(new BatchSource(clipped), rules, scaler, report, ranks);
        ClipResult result = plan.Result;

        // Gradients that share memory are clipped before any of them is read, so that they are clipped once.
        if (result.Skipped || plan.HasTies)
            plan.Apply();
        if (!result.Skipped)
            step.Run(plan, zeroGradients && !plan.HasTies);
        if (zeroGradients && (result.Skipped || plan.HasTies))
            BatchOperations.Zero(parameters.Gradients);
        return result;
    }
}
