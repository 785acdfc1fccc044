using ClipGen.Numerics;
using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>
/// A limit that follows the gradients, for gradients that no attribute declares. Make one for each set of gradients, keep it as long as the
/// training lasts, and hand it to every clip: <c>Gradients.ClipNorm(limit, dW, dB)</c>.
/// </summary>
/// <remarks>
/// The rules are those of <see cref="AutoClipAttribute"/>, <see cref="ZClipAttribute"/>, <see cref="AdaptiveClipAttribute"/> and
/// <see cref="AdaGCAttribute"/>. Use a limit from one thread at a time.
/// </remarks>
/// <example>
/// <code>
/// private readonly AutoClipLimit _limit = new(percentile: 10);
/// …
/// ClipResult result = Gradients.ClipNorm(_limit, weightGradients, biasGradients);
/// </code>
/// </example>
public abstract class AdaptiveLimit
{
    private ClipState? _state;
    private ClipRule _rule;

    private protected AdaptiveLimit(int warmUpSteps) => WarmUpSteps = warmUpSteps;

    /// <summary>A fixed limit for the norm over all gradients that always holds as well: greater than 0; infinite for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not greater than 0.</exception>
    public double MaxNorm
    {
        get;
        init
        {
            if (!(value > 0))
                throw new ArgumentOutOfRangeException(nameof(MaxNorm), value, "The limit is greater than zero, or infinite for none.");
            field = value;
            HasMaxNorm = true;
        }
    }
    = double.PositiveInfinity;

    /// <summary>The number of steps that are observed before the rule limits anything.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than the rule needs: 2 for ZClip, 0 for the others.</exception>
    public int WarmUpSteps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, LeastWarmUp, nameof(WarmUpSteps));
            field = value;
        }
    }

    /// <summary>What the limit has learned: save it with the parameters, and load it where training is resumed.</summary>
    public ClipState State => _state ?? CreateState();

    /// <summary>Whether a fixed limit was given.</summary>
    private protected bool HasMaxNorm { get; private init; }

    /// <summary>The least number of steps of the warm-up.</summary>
    private protected virtual int LeastWarmUp => 0;

    /// <summary>The rule, for one clip.</summary>
    internal ReadOnlySpan<ClipRule> Bind(NonFinitePolicy nonFinite)
    {
        ClipState state = State;
        _rule = _rule with { NonFinite = nonFinite };
        return state.Bind(new ReadOnlySpan<ClipRule>(in _rule));
    }

    /// <summary>Puts the rule in the place of the one for all gradients.</summary>
    /// <param name="rules">The rules of a model.</param>
    /// <param name="lossScale">What the gradients are multiplied with.</param>
    /// <exception cref="ArgumentException">The model has no limit for all gradients.</exception>
    internal void Replace(Span<ClipRule> rules, double lossScale)
    {
        for (int i = 0; i < rules.Length; i++)
        {
            if (rules[i].Group is not null)
                continue;
            rules[i] = Rule(rules[i].NonFinite);
            State.Bind(rules.Slice(i, 1), lossScale);
            return;
        }

        throw new ArgumentException(
            "The model has limits for groups and members only. A limit that follows the gradients takes the place of one for "
            + "all gradients.",
            "limit");
    }

    /// <summary>The rule without what it has learned.</summary>
    internal ClipRule Rule(NonFinitePolicy nonFinite)
    {
        _ = State;
        return _rule with { NonFinite = nonFinite };
    }

    /// <summary>The numbers of the rule.</summary>
    private protected abstract LimitSettings CreateSettings();

    private ClipState CreateState()
    {
        _rule = ClipRule.Following(CreateSettings().Validated(), NonFinitePolicy.Throw);
        return _state = new ClipState(new ReadOnlySpan<ClipRule>(in _rule));
    }
}
