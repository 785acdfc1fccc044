using ClipGen.Numerics;

namespace ClipGen.Tests.Limits;

/// <summary>One kind of adaptive limit, with the settings that most tests use.</summary>
/// <param name="Number">The number that the limit is declared with.</param>
/// <param name="WarmUpSteps">The number of steps of the warm-up.</param>
/// <param name="HasOneNorm">Whether one norm over all gradients is limited. Otherwise each gradient or unit has its own limit.</param>
/// <param name="Rule">Creates the rule from the number, <c>MaxNorm</c> and the steps of the warm-up.</param>
/// <param name="Argument">Creates the limit for arguments from the number and the steps of the warm-up.</param>
internal sealed record LimitKind(
    double Number,
    int WarmUpSteps,
    bool HasOneNorm,
    Func<double, double, int, ClipRule> Rule,
    Func<double, int, AdaptiveLimit> Argument)
{
    /// <summary>Creates the limit for arguments.</summary>
    internal AdaptiveLimit Create() => Argument(Number, WarmUpSteps);
}

/// <summary>The kinds of adaptive limits, by the name of the rule.</summary>
internal static class LimitKinds
{
    internal static IReadOnlyDictionary<string, LimitKind> All { get; } = new Dictionary<string, LimitKind>
    {
        ["AutoClip"] = new(
            10, 0, HasOneNorm: true, (number, maxNorm, steps) => ClipRule.AutoClip(number, maxNorm, steps),
            (number, steps) => new AutoClipLimit(number) { WarmUpSteps = steps }),
        ["ZClip"] = new(
            2.5, 3, HasOneNorm: true, (number, maxNorm, steps) => ClipRule.ZClip(number, maxNorm, steps),
            (number, steps) => new ZClipLimit(number) { WarmUpSteps = steps }),
        ["AdaptiveClip"] = new(
            0.01, 2, HasOneNorm: false, (number, maxNorm, steps) => ClipRule.AdaptiveClip(number, maxNorm, steps),
            (number, steps) => new AdaptiveClipLimit(number) { WarmUpSteps = steps }),
        ["AdaGC"] = new(
            1.05, 2, HasOneNorm: false,
            (number, maxNorm, steps) => ClipRule.AdaGC(number, double.IsFinite(maxNorm) ? maxNorm : null, steps),
            (number, steps) => new AdaGCLimit(number) { WarmUpSteps = steps }),
    };

    internal static IEnumerable<string> Names => All.Keys;
}
