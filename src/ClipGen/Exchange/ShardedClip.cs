using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Limits;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Exchange;

/// <summary>The clip of gradients that are spread over processes.</summary>
internal static class ShardedClip
{
    /// <summary>Clips the part of a model.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part.</param>
    /// <param name="limit">The limit in the place of the declared one, or null.</param>
    internal static ClipResult Run<TModel>(IGradientExchange exchange, TModel model, double? limit)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        return ModelClip.Run(model, new Clip(exchange, model, limit), limit);
    }

    /// <summary>Begins a call on the limits of a model; null where there is one process only, which needs no other.</summary>
    internal static RankExchange? Begin(IGradientExchange? exchange, CallKind call, ReadOnlySpan<ClipRule> rules)
    {
        if (exchange is null)
            return null;
        GradientOperations.Validate(rules);
        foreach (ref readonly ClipRule rule in rules)
            ThrowIfUnsupported(rule);
        return new RankExchange(exchange, call, Fingerprint.Of(call, rules));
    }

    // Its factors come from norms that each process knows of its own gradients only.
    private static void ThrowIfUnsupported(in ClipRule rule)
    {
        if (rule is { State: BufferLimitState, Settings: { } settings } && (settings is AdaGCSettings || double.IsFinite(settings.MaxNorm)))
        {
            throw new NotSupportedException(
                $"{settings.Kind} limits a norm over all gradients too, which this version does not compute over several processes. "
                + "Take AutoClip or ZClip, or AGC without a MaxNorm.");
        }
    }

    private readonly struct Clip(IGradientExchange exchange, object model, double? limit) : IModelClip
    {
        public ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
            where TSource : IGradientSource
        {
            using ReplacedRules replaced = new(rules, limit, scaler: null, ClipState.For(model, rules));
            RankExchange ranks = Begin(exchange, CallKind.ClipSharded, replaced.Rules)!;
            ClipPlan plan = ClipPlanner.Plan(gradients, replaced.Rules, isUntied, ranks, report);
            try
            {
                if (plan.Zeros)
                    Walk.Through(gradients, default(Clear));
                else if (plan.Acts && plan.Buffers is null)
                    NormClip<DisjointRanges>.Scale(gradients, plan.Factor, plan.SharedChunks);
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
