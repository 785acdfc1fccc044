using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Exchange;

/// <summary>
/// Averages gradients, clips all of them, steps the parameters of this process, and gathers the parameters. Each process keeps the
/// optimizer's state of its own parameters only.
/// </summary>
/// <param name="optimizer">The optimizer.</param>
/// <param name="model">The model, which all processes hold.</param>
/// <param name="limit">The limit instead of the declared one, or null.</param>
/// <param name="scaler">The loss scale, or null.</param>
/// <param name="exchange">The processes; more than one.</param>
internal readonly struct ShardedStateClip(
    Optimizer optimizer, object model, double? limit, LossScaler? scaler, IGradientExchange exchange)
    : IModelClip
{
    public ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
        where TSource : IGradientSource
    {
        ShardedStateClip call = this;
        ClipRule[] declared = rules.ToArray();
        ParameterOwners owners = ParameterOwners.Of(gradients, exchange.Size);
        AveragePass.Run(gradients, exchange, CallKind.ClipAndStepWithShardedState, isListed => call.TermsOf(declared, isListed));
        var clip = new Optimizer.SteppedClip(
            optimizer, model, limit, follower: null, scaler, exchange: null, (owners, exchange.Rank));
        ClipResult result = clip.Run(gradients, rules, isUntied, report);
        if (result.Skipped)
            return result;

        // The step has zeroed the gradients of its own parameters.
        if (optimizer.ZeroGradients)
            Walk.Through(gradients, default(Clear));
        GatherPass.Run(gradients, owners, exchange);
        return result;
    }

    private SharedTerms TermsOf(ClipRule[] declared, bool isListed)
    {
        using ReplacedRules replaced = new(declared, limit, scaler, ClipState.For(model, declared));
        var terms = SharedTerms.Of(replaced.Rules, scaler, optimizer: null, isListed);
        optimizer.AddTo(terms, hasSameState: false);
        return terms;
    }
}
