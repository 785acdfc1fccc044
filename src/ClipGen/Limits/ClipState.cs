using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>
/// The state of the adaptive limits of one model, such as the norms of <see cref="AutoClipAttribute"/>. Save it with the model's
/// parameters, so that resumed training clips as if it had not been interrupted.
/// </summary>
/// <remarks>
/// <para>
/// Every clip by the model's limits updates the state: <c>ClipGradients()</c>,
/// <see cref="Optimizers.Optimizer.ClipAndStep{TModel}(TModel)"/> and <see cref="LossScaler"/>. A clip that throws, a gradient that is not
/// finite, a skipped step and a norm of 0 do not change it.
/// </para>
/// <para>
/// The state takes at most 80 KiB for each limit that stores the norms of all steps, and one number for each gradient that has its own
/// mean.
/// </para>
/// <para>Use the state from the thread that clips the model.</para>
/// </remarks>
/// <example>
/// <code>
/// using (FileStream file = File.Create("limits.safetensors"))
///     ClipState.Of(model).Save(file);
/// </code>
/// </example>
public sealed partial class ClipState
{
    // By reference, and only as long as the model exists.
    private static readonly ConditionalWeakTable<object, ClipState> States = [];

    private readonly List<(string Group, LimitState State)> _limits = [];

    // The rules of a clip, with their states.
    private ClipRule[] _bound = [];

    internal ClipState(ReadOnlySpan<ClipRule> rules)
    {
        foreach (ref readonly ClipRule rule in rules)
        {
            if (rule.Settings is not null)
                StateOf(rule);
        }
    }

    /// <summary>Gets the state of a model's limits. The first call or clip creates it, and it exists as long as the model.</summary>
    /// <param name="model">The model: an object of a class that has clip attributes.</param>
    /// <returns>The state; every call returns the same object.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="model"/> declares no limits, or is a struct, whose copies would have separate states.
    /// </exception>
    public static ClipState Of(object model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return States.TryGetValue(model, out ClipState? state) ? state : States.GetValue(model, Create);
    }

    /// <summary>Resets the state to that of a model that has not been clipped yet.</summary>
    public void Reset()
    {
        foreach ((_, LimitState state) in _limits)
            state.Reset();
    }

    /// <summary>The state of a model, if one of its limits is adaptive; else null.</summary>
    internal static ClipState? For(object model, ReadOnlySpan<ClipRule> rules)
    {
        foreach (ref readonly ClipRule rule in rules)
        {
            if (rule.Settings is not null)
                return Of(model);
        }

        return null;
    }

    /// <summary>Whether a rule compares gradients with their parameters.</summary>
    internal static bool NeedsParameters(ReadOnlySpan<ClipRule> rules)
    {
        foreach (ref readonly ClipRule rule in rules)
        {
            if (rule.NeedsParameters)
                return true;
        }

        return false;
    }

    /// <summary>Adds the results of a clip to the states, unless a gradient was not finite or the step was skipped.</summary>
    internal static void Commit(ReadOnlySpan<ClipRule> rules, in ClipResult result)
    {
        if (!result.IsFinite || result.Skipped)
            return;
        foreach (ref readonly ClipRule rule in rules)
            rule.State?.Commit();
    }

    /// <summary>Gets the rules of a clip, with the states of adaptive limits. They are valid until the next call.</summary>
    /// <param name="rules">The declared rules.</param>
    /// <param name="limit">
    /// A fixed limit that replaces the limit for all gradients, or every limit if there is none for all gradients; null for none.
    /// </param>
    internal ReadOnlySpan<ClipRule> Bind(ReadOnlySpan<ClipRule> rules, double? limit = null)
    {
        if (_bound.Length < rules.Length)
            _bound = new ClipRule[rules.Length];
        Span<ClipRule> bound = _bound.AsSpan(0, rules.Length);
        if (limit is { } number)
            GradientOperations.ReplaceLimit(rules, number, _bound);
        else
            rules.CopyTo(bound);
        Bind(bound, lossScale: 1);
        return bound;
    }

    /// <summary>Sets the state of each adaptive rule.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="lossScale">The loss scale of the gradients of the clip.</param>
    internal void Bind(Span<ClipRule> rules, double lossScale)
    {
        foreach (ref ClipRule rule in rules)
        {
            if (rule.Settings is null)
                continue;
            LimitState state = StateOf(rule);
            state.Begin(lossScale);
            rule = rule.With(state);
        }
    }

    private static ClipState Create(object model) => model switch
    {
        ValueType => throw new ArgumentException(
            $"'{model.GetType()}' is a struct, and each copy would have a state of its own. Make it a class.", nameof(model)),
        IClipModel clipped => new ClipState(clipped.GetClipRules()),
        _ => throw new ArgumentException(
            $"'{model.GetType()}' declares no limits. Put a clip attribute on the class, which must be partial.",
            nameof(model)),
    };

    private LimitState StateOf(in ClipRule rule)
    {
        LimitSettings settings = rule.Settings!;
        string group = rule.Group ?? "";
        foreach ((string known, LimitState state) in _limits)
        {
            if (ReferenceEquals(state.Settings, settings) && known == group)
                return state;
        }

        return AddState(settings, group);
    }

    // A base class may declare another limit for the same gradients, with its own state.
    private LimitState AddState(LimitSettings settings, string group)
    {
        foreach ((string known, LimitState state) in _limits)
        {
            if (state.Settings == settings && known == group)
                return state;
        }

        LimitState added = settings.Validated().CreateState();
        _limits.Add((group, added));
        return added;
    }
}
