using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Exchange;

/// <summary>Clips gradients that are distributed over processes.</summary>
internal static class ShardedClip
{
    /// <summary>Clips the part of a model in this process.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model.</param>
    /// <param name="limit">The limit instead of the declared one, or null.</param>
    /// <param name="follower">The adaptive limit instead of the declared one, or null.</param>
    internal static ClipResult Run<TModel>(IGradientExchange exchange, TModel model, double? limit, AdaptiveLimit? follower = null)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        return ModelClip.Run(model, new Clip(exchange, model, limit, follower), limit);
    }

    /// <summary>Begins a call with the limits of a model. Returns null if there is only one process, which needs no exchange.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="call">The kind of call.</param>
    /// <param name="rules">The limits, with their states.</param>
    /// <param name="scaler">The loss scale, or null.</param>
    internal static RankExchange? Begin(
        IGradientExchange? exchange, CallKind call, ReadOnlySpan<ClipRule> rules, LossScaler? scaler = null) =>
        exchange is null ? null : BeginCall(exchange, call, rules, scaler);

    // A separate method, so that a call in a single process does not allocate a closure.
    private static RankExchange BeginCall(
        IGradientExchange exchange, CallKind call, ReadOnlySpan<ClipRule> rules, LossScaler? scaler)
    {
        GradientOperations.Validate(rules);
        SharedTerms terms = SharedTerms.Of(rules, scaler);
        ClipRule[] compared = rules.ToArray();
        return new RankExchange(
            exchange,
            call,
            terms.Fingerprint,
            () => SharedTerms.Of(compared, scaler, isListed: true).Difference(exchange));
    }

    private readonly struct Clip(IGradientExchange exchange, object model, double? limit, AdaptiveLimit? follower) : IModelClip
    {
        public ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
            where TSource : IGradientSource
        {
            using ReplacedRules replaced = new(rules, limit, scaler: null, ClipState.For(model, rules), follower);
            RankExchange ranks = Begin(exchange, CallKind.ClipSharded, replaced.Rules)!;
            ClipPlan plan = ClipPlanner.Plan(gradients, replaced.Rules, isUntied, ranks, report);
            try
            {
                if (plan.Zeros)
                    Walk.Through(gradients, default(Clear));
                else if (plan.Acts && plan.Buffers is null)
                    NormClip<DisjointRanges>.Scale(gradients, plan.Factor, plan.Long);
                else if (plan.Acts)
                    Walk.Through(gradients, new Apply(plan.Buffers!));
                ClipState.Commit(replaced.Rules, plan.Result);
                return plan.Result;
            }
            finally
            {
                plan.ReturnTable();
            }
        }
    }
}
