using ClipGen.Exchange;
using ClipGen.Numerics.Limits;

namespace ClipGen.Numerics;

/// <summary>
/// One declared limit, as one clip attribute states it. <see cref="Norm"/> and <see cref="Value"/> create a fixed limit. The other static
/// methods create adaptive limits.
/// </summary>
/// <remarks>A rule is not validated when it is created. The operation that uses it checks its numbers.</remarks>
public readonly record struct ClipRule
{
    /// <summary>
    /// The limit for the norm, or for the magnitude of each element when clipping by value, in the units of the gradient. Infinite for no
    /// limit, NaN for an adaptive limit.
    /// </summary>
    public double Limit { get; internal init; }

    /// <summary>The order p of the norm <c>(Σ|g|^p)^(1/p)</c>, greater than zero or infinite. Not used when clipping by value.</summary>
    public double NormType { get; private init; }

    /// <summary>Whether every element is clamped to ±<see cref="Limit"/>, instead of scaled by the norm.</summary>
    public bool ByValue { get; private init; }

    /// <summary>Whether one norm covers all gradients of the rule or each buffer has its own norm.</summary>
    public ClipScope Scope { get; internal init; }

    /// <summary>What to do when a gradient of the rule holds a NaN or an infinity.</summary>
    public NonFinitePolicy NonFinite { get; internal init; }

    /// <summary>A number added to the norm before the limit is divided by it; finite, 0 or greater.</summary>
    public double Epsilon { get; internal init; }

    /// <summary>The group that the rule applies to; <see langword="null"/> for all gradients that no other rule names.</summary>
    public string? Group { get; private init; }

    /// <summary>The member that declares the rule for itself; <see langword="null"/> if the rule is not declared on a member.</summary>
    public string? Member { get; private init; }

    /// <summary>The declared settings of an adaptive limit; null for a fixed one.</summary>
    internal LimitSettings? Settings { get; private init; }

    /// <summary>The state of an adaptive limit while a clip uses the rule; otherwise null.</summary>
    internal LimitState? State { get; private init; }

    /// <summary>Whether the rule compares gradients with their parameters.</summary>
    internal bool NeedsParameters => State is { Settings.NeedsParameters: true };

    /// <summary>
    /// The rule of <see cref="ClipGradNormAttribute"/>: scale by <c>limit / (norm + epsilon)</c> if that is less than 1.
    /// </summary>
    /// <param name="limit">The limit for the norm.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <param name="scope">What one norm covers.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before dividing.</param>
    /// <param name="group">The group that the rule applies to.</param>
    /// <param name="member">
    /// The member that declares the rule, for a <see cref="ClipReport"/>. <paramref name="group"/> identifies its gradients.
    /// </param>
    public static ClipRule Norm(
        double limit,
        double normType = 2.0,
        ClipScope scope = ClipScope.Global,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        string? group = null,
        string? member = null) => new()
        {
            Limit = limit,
            NormType = normType,
            Scope = scope,
            NonFinite = nonFinite,
            Epsilon = epsilon,
            Group = group,
            Member = member,
        };

    /// <summary>The rule of <see cref="ClipGradValueAttribute"/>: clamp every element to ±<paramref name="limit"/>.</summary>
    /// <param name="limit">The limit for the magnitude of each element.</param>
    /// <param name="nonFinite">What to do with a NaN.</param>
    /// <param name="group">The group that the rule applies to.</param>
    /// <param name="member">
    /// The member that declares the rule, for a <see cref="ClipReport"/>. <paramref name="group"/> identifies its gradients.
    /// </param>
    public static ClipRule Value(
        double limit, NonFinitePolicy nonFinite = NonFinitePolicy.Throw, string? group = null, string? member = null) => new()
        {
            Limit = limit,
            NormType = 2.0,
            ByValue = true,
            NonFinite = nonFinite,
            Group = group,
            Member = member,
        };

    /// <summary>The rule of <see cref="AutoClipAttribute"/>: a percentile of all norms so far, including the current one.</summary>
    /// <param name="percentile">The percentile: greater than 0, and at most 100.</param>
    /// <param name="maxNorm">An additional fixed limit for the norm.</param>
    /// <param name="warmUpSteps">The number of first steps whose norms are collected but not clipped.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group that the rule applies to.</param>
    /// <param name="member">The member that declares the rule, for a <see cref="ClipReport"/>.</param>
    public static ClipRule AutoClip(
        double percentile,
        double maxNorm = double.PositiveInfinity,
        int warmUpSteps = 0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(new AutoClipSettings(percentile, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>The rule of <see cref="ZClipAttribute"/>: a z-score against an exponential mean and variance of the norms.</summary>
    /// <param name="threshold">The largest z-score that is not clipped: greater than 0.</param>
    /// <param name="maxNorm">An additional fixed limit for the norm.</param>
    /// <param name="warmUpSteps">The number of steps that initialize the mean and the variance: at least 2.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group that the rule applies to.</param>
    /// <param name="member">The member that declares the rule, for a <see cref="ClipReport"/>.</param>
    public static ClipRule ZClip(
        double threshold,
        double maxNorm = double.PositiveInfinity,
        int warmUpSteps = ZClipSettings.UsualWarmUp,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(new ZClipSettings(threshold, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>
    /// The rule of <see cref="AdaptiveClipAttribute"/>: the norm of a unit's gradient is at most a share of the norm of its weights.
    /// </summary>
    /// <param name="ratio">The share: greater than 0.</param>
    /// <param name="maxNorm">An additional limit for the norm over all gradients of the rule.</param>
    /// <param name="warmUpSteps">The number of first steps in which only <paramref name="maxNorm"/> applies.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group that the rule applies to.</param>
    /// <param name="member">The member that declares the rule, for a <see cref="ClipReport"/>.</param>
    public static ClipRule AdaptiveClip(
        double ratio,
        double maxNorm = double.PositiveInfinity,
        int warmUpSteps = 0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(new AdaptiveClipSettings(ratio, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>The rule of <see cref="AdaGCAttribute"/>: a multiple of an exponential mean of each buffer's own norm.</summary>
    /// <param name="ratio">The factor applied to the mean: greater than 0.</param>
    /// <param name="maxNorm">
    /// An additional limit for the norm over all gradients of the rule. If it is null, that limit is 1 during the warm-up, and there is
    /// none after it.
    /// </param>
    /// <param name="warmUpSteps">The number of steps in which the means are initialized.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group that the rule applies to.</param>
    /// <param name="member">The member that declares the rule, for a <see cref="ClipReport"/>.</param>
    public static ClipRule AdaGC(
        double ratio,
        double? maxNorm = null,
        int warmUpSteps = AdaGCSettings.UsualWarmUp,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(AdaGCSettings.Of(ratio, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>The rule of an adaptive limit.</summary>
    internal static ClipRule Following(
        LimitSettings settings, NonFinitePolicy nonFinite, string? group = null, string? member = null) => new()
        {
            Limit = double.NaN,
            NormType = 2.0,
            Scope = settings.Scope,
            NonFinite = nonFinite,
            Group = group,
            Member = member,
            Settings = settings,
        };

    /// <summary>The rule for one clip, with the state of its adaptive limit.</summary>
    internal ClipRule With(LimitState state) => this with { Limit = double.PositiveInfinity, State = state };

    /// <summary>The rule with a fixed limit instead of its own.</summary>
    internal ClipRule WithFixed(double limit) => Settings is null
        ? this with { Limit = limit }
        : this with { Limit = limit, Scope = ClipScope.Global, Settings = null, State = null };

    /// <summary>Adds the settings that must be the same in all processes.</summary>
    internal void AddTo(SharedTerms terms)
    {
        terms.BeginLimit(Settings?.Kind ?? (ByValue ? "ClipGradValue" : "ClipGradNorm"), Group);
        terms.Add("NonFinite", NonFinite.ToString());
        if (Settings is not null)
        {
            Settings.AddTo(terms);
            State?.AddTo(terms);
            return;
        }

        terms.Add(ByValue ? "ClipValue" : "MaxNorm", Limit);
        terms.Add("NormType", NormType);
        terms.Add("Epsilon", Epsilon);
        terms.Add("Scope", Scope.ToString());
    }

    /// <summary>The limit that applies to a norm.</summary>
    internal double LimitFor(double norm) => State is NormLimitState state ? state.LimitFor(norm) : Limit;
}
