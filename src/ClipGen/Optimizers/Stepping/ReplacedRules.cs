using System.Buffers;
using ClipGen.Numerics;

namespace ClipGen.Optimizers.Stepping;

/// <summary>
/// Rules for one clip: with another limit, in the units of gradients with a loss scale, or with the states of adaptive limits.
/// <c>Dispose</c> returns the memory.
/// </summary>
internal readonly ref struct ReplacedRules
{
    private readonly ClipRule[] _rented;

    internal ReplacedRules(
        ReadOnlySpan<ClipRule> rules, double? limit, LossScaler? scaler, ClipState? state = null, AdaptiveLimit? follower = null)
    {
        Scale = scaler?.Scale ?? 1;
        _rented = ArrayPool<ClipRule>.Shared.Rent(rules.Length);
        Rules = _rented.AsSpan(0, rules.Length);
        if (limit is { } number)
            GradientOperations.ReplaceLimit(rules, number, _rented);
        else
            rules.CopyTo(_rented);
        state?.Bind(Rules, Scale);
        follower?.Replace(Rules, Scale);
        if (scaler is null)
            return;
        foreach (ref ClipRule rule in Rules)
        {
            // Validated before scaling, so that the message contains the user's number.
            GradientOperations.Validate(rule, nameof(rules));

            // A loss scale that is too large causes infinities. That is expected, and the step is skipped.
            rule = rule with
            {
                Limit = rule.Limit * Scale,
                Epsilon = rule.Epsilon * Scale,
                NonFinite = rule.NonFinite == NonFinitePolicy.Zero ? NonFinitePolicy.Zero : NonFinitePolicy.Leave,
            };
        }
    }

    /// <summary>The loss scale; 1 for none.</summary>
    internal double Scale { get; }

    internal Span<ClipRule> Rules { get; }

    /// <summary>Converts a result to the units of the gradients without the loss scale.</summary>
    internal ClipResult Unscale(in ClipResult result) => Scale == 1
        ? result
        : result with
        {
            TotalNorm = result.TotalNorm / Scale,
            ExceedingNorm = result.ExceedingNorm / Scale,
            ExceededLimit = result.ExceededLimit / Scale,
        };

    public void Dispose() => ArrayPool<ClipRule>.Shared.Return(_rented, clearArray: true);
}
