using ClipGen.Exchange;
using ClipGen.Numerics.Limits;

namespace ClipGen.Numerics;

/// <summary>
/// One declared limit: what one clip attribute says. Made by <see cref="Norm"/> and <see cref="Value"/>, and, for limits that follow the
/// gradients, by <see cref="AutoClip"/>, <see cref="ZClip"/>, <see cref="AdaptiveClip"/> and <see cref="AdaGC"/>.
/// </summary>
/// <remarks>A rule is only data; its numbers are checked by the operation that uses it.</remarks>
public readonly record struct ClipRule
{
    /// <summary>
    /// The largest norm, or the largest magnitude when clipping by value, that is left as it is. In the units of the gradient; infinite
    /// to leave everything.
    /// NaN for a limit that follows the gradients.
    /// </summary>
    public double Limit { get; internal init; }

    /// <summary>The order p of the norm <c>(Σ|g|^p)^(1/p)</c>, greater than zero or infinite. Not used when clipping by value.</summary>
    public double NormType { get; private init; }

    /// <summary>Whether every element is clamped to ±<see cref="Limit"/>, instead of scaled by the norm.</summary>
    public bool ByValue { get; private init; }

    /// <summary>Whether one norm runs over all gradients of the rule or every buffer has its own.</summary>
    public ClipScope Scope { get; internal init; }

    /// <summary>What to do when a gradient of the rule holds a NaN or an infinity.</summary>
    public NonFinitePolicy NonFinite { get; internal init; }

    /// <summary>Added to the norm before the limit is divided by it; finite, 0 or greater.</summary>
    public double Epsilon { get; internal init; }

    /// <summary>The group whose gradients the rule is for; <see langword="null"/> for those that no other rule names.</summary>
    public string? Group { get; private init; }

    /// <summary>The member that declares the rule for itself alone; <see langword="null"/> for all others.</summary>
    public string? Member { get; private init; }

    /// <summary>What is declared of a limit that follows the gradients; null for a fixed one.</summary>
    internal LimitSettings? Settings { get; private init; }

    /// <summary>What that limit has learned, where a clip uses the rule; else null.</summary>
    internal LimitState? State { get; private init; }

    /// <summary>Whether gradients are compared with their parameters.</summary>
    internal bool NeedsParameters => State is AdaptiveClipState;

    /// <summary>
    /// The rule of <see cref="ClipGradNormAttribute"/>: scale by <c>limit / (norm + epsilon)</c> where that is less than 1.
    /// </summary>
    /// <param name="limit">The largest norm that is left as it is.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <param name="scope">What one norm runs over.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="epsilon">Added to the norm before dividing.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it. Its gradients are found
    /// by <paramref name="group"/>.</param>
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
    /// <param name="limit">The largest magnitude that is left as it is.</param>
    /// <param name="nonFinite">What to do with a NaN.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it. Its gradients are found
    /// by <paramref name="group"/>.</param>
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

    /// <summary>The rule of <see cref="AutoClipAttribute"/>: a percentile of all norms so far, this one included.</summary>
    /// <param name="percentile">The percentile: greater than 0, and at most 100.</param>
    /// <param name="maxNorm">A limit that always holds as well.</param>
    /// <param name="warmUpSteps">The number of steps that are only observed.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it.</param>
    public static ClipRule AutoClip(
        double percentile,
        double maxNorm = double.PositiveInfinity,
        int warmUpSteps = 0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(new AutoClipSettings(percentile, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>The rule of <see cref="ZClipAttribute"/>: a z-score against an exponential mean and variance of the norms.</summary>
    /// <param name="threshold">The largest z-score that is left as it is: greater than 0.</param>
    /// <param name="maxNorm">A limit that always holds as well.</param>
    /// <param name="warmUpSteps">The number of steps from which the first mean and variance are taken: at least 2.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it.</param>
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
    /// <param name="maxNorm">A limit for the norm over all gradients of the rule that always holds as well.</param>
    /// <param name="warmUpSteps">The number of steps that only <paramref name="maxNorm"/> limits.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it.</param>
    public static ClipRule AdaptiveClip(
        double ratio,
        double maxNorm = double.PositiveInfinity,
        int warmUpSteps = 0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(new AdaptiveClipSettings(ratio, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>The rule of <see cref="AdaGCAttribute"/>: a multiple of an exponential mean of each buffer's own norm.</summary>
    /// <param name="ratio">What the mean is multiplied with: greater than 0.</param>
    /// <param name="maxNorm">
    /// A limit for the norm over all gradients of the rule that always holds as well; null for 1 during the warm-up, and none after it.
    /// </param>
    /// <param name="warmUpSteps">The number of steps that the first means are taken from.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it.</param>
    public static ClipRule AdaGC(
        double ratio,
        double? maxNorm = null,
        int warmUpSteps = AdaGCSettings.UsualWarmUp,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        string? group = null,
        string? member = null) => Following(AdaGCSettings.Of(ratio, maxNorm, warmUpSteps), nonFinite, group, member);

    /// <summary>The rule of a limit that follows the gradients.</summary>
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

    /// <summary>The rule for one clip, with what its limit has learned.</summary>
    internal ClipRule With(LimitState state) => this with { Limit = double.PositiveInfinity, State = state };

    /// <summary>The rule with a fixed limit in the place of its own.</summary>
    internal ClipRule WithFixed(double limit) => Settings is null
        ? this with { Limit = limit }
        : this with { Limit = limit, Scope = ClipScope.Global, Settings = null, State = null };

    /// <summary>Tells what has to be the same in all processes.</summary>
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

    /// <summary>The limit of a norm.</summary>
    internal double LimitFor(double norm) => State is NormLimitState state ? state.LimitFor(norm) : Limit;
}
