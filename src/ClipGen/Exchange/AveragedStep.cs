using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Exchange;

/// <summary>
/// Averages gradients, clips all of them, and steps. With a sharded state, each process steps its own parameters, keeps the optimizer's
/// state of these only, and gets the other parameters from the other processes.
/// </summary>
/// <param name="optimizer">The optimizer.</param>
/// <param name="model">The model, which all processes hold.</param>
/// <param name="limit">The limit instead of the declared one, or null.</param>
/// <param name="follower">The adaptive limit instead of the declared one, or null.</param>
/// <param name="scaler">The loss scale, or null.</param>
/// <param name="exchange">The processes.</param>
/// <param name="shardsState">Whether to shard the optimizer's state.</param>
internal readonly struct AveragedStep(
    Optimizer optimizer,
    object model,
    double? limit,
    AdaptiveLimit? follower,
    LossScaler? scaler,
    IGradientExchange exchange,
    bool shardsState)
    : IModelClip
{
    public ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
        where TSource : IGradientSource
    {
        AveragedStep call = this;
        ClipRule[] declared = rules.ToArray();
        ParameterOwners? owners = shardsState && exchange.Size > 1 ? ParameterOwners.Of(gradients, exchange) : null;
        CallKind kind = shardsState ? CallKind.ClipAndStepWithShardedState : CallKind.ClipAndStep;
        AveragePass.Run(gradients, exchange, kind, isListed => call.TermsOf(declared, isListed));
        var step = new Optimizer.SteppedClip(optimizer, model, limit, follower, scaler, exchange: null, owners);
        ClipResult result = step.Run(gradients, rules, isUntied, report);
        if (owners is null || result.Skipped)
            return result;

        // The step has zeroed the gradients of its own parameters.
        if (optimizer.ZeroGradients)
            Walk.Through(gradients, default(Clear));
        GatherPass.Run(gradients, owners, exchange);
        return result;
    }

    private SharedTerms TermsOf(ClipRule[] declared, bool isListed)
    {
        using ReplacedRules replaced = new(declared, limit, scaler, ClipState.For(model, declared), follower);
        var terms = SharedTerms.Of(replaced.Rules, scaler, isListed);
        optimizer.AddTo(terms, hasSameState: !shardsState);
        return terms;
    }
}
