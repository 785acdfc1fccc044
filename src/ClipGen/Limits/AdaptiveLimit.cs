using ClipGen.Numerics;
using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>
/// A limit that adapts to the gradients, for gradients that no attribute declares. Create one for each set of gradients, keep it for the
/// whole training, and pass it to every clip: <c>Gradients.ClipNorm(limit, dW, dB)</c>.
/// </summary>
/// <remarks>
/// A derived class has the rule of the attribute with the same name: <see cref="AutoClipLimit"/> that of <see cref="AutoClipAttribute"/>.
/// Use a limit from one thread at a time.
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

    /// <summary>An additional fixed limit for the norm over all gradients: greater than 0; infinite for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not greater than 0.</exception>
    public double MaxNorm
    {
        get;
        init
        {
            if (!(value > 0))
                throw new ArgumentOutOfRangeException(nameof(MaxNorm), value, "The limit must be greater than zero or infinite.");
            field = value;
            HasMaxNorm = true;
        }
    }
    = double.PositiveInfinity;

    /// <summary>The number of first steps in which the rule does not apply.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The value is less than the minimum of the rule: 2 for ZClip, 0 for the others.
    /// </exception>
    public int WarmUpSteps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, LeastWarmUp, nameof(WarmUpSteps));
            field = value;
        }
    }

    /// <summary>The state of the limit. Save it with the parameters, and load it when training resumes.</summary>
    public ClipState State => _state ?? CreateState();

    /// <summary>Whether a fixed limit was set.</summary>
    private protected bool HasMaxNorm { get; private init; }

    /// <summary>The minimum number of steps of the warm-up.</summary>
    private protected virtual int LeastWarmUp => 0;

    /// <summary>The rule, for one clip.</summary>
    internal ReadOnlySpan<ClipRule> Bind(NonFinitePolicy nonFinite)
    {
        ClipState state = State;
        _rule = _rule with { NonFinite = nonFinite };
        return state.Bind(new ReadOnlySpan<ClipRule>(in _rule));
    }

    /// <summary>Replaces the rule for all gradients by the rule of this limit.</summary>
    /// <param name="rules">The rules of a model.</param>
    /// <param name="lossScale">The loss scale of the gradients.</param>
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
            "The model declares limits only for groups and members. An adaptive limit replaces the limit for "
            + "all gradients, which the model does not declare.",
            "limit");
    }

    /// <summary>The rule without its state.</summary>
    internal ClipRule Rule(NonFinitePolicy nonFinite)
    {
        _ = State;
        return _rule with { NonFinite = nonFinite };
    }

    /// <summary>The settings of the rule.</summary>
    private protected abstract LimitSettings CreateSettings();

    private ClipState CreateState()
    {
        _rule = ClipRule.Following(CreateSettings().Validated(), NonFinitePolicy.Throw);
        return _state = new ClipState(new ReadOnlySpan<ClipRule>(in _rule));
    }
}
