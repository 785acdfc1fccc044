using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>Limits the norm by its z-score against an exponential mean and variance of the norms.</summary>
/// <remarks>See <see cref="ZClipAttribute"/> for the formula and its source.</remarks>
public sealed class ZClipLimit : AdaptiveLimit
{
    /// <summary>Creates a limit with an empty state.</summary>
    /// <param name="threshold">The largest z-score that is not clipped: greater than 0. 2.5 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is out of range.</exception>
    public ZClipLimit(double threshold)
        : base(warmUpSteps: ZClipSettings.UsualWarmUp)
    {
        Threshold = threshold;
        CreateSettings().Validated();
    }

    /// <summary>The largest z-score that is not clipped: greater than 0. 2.5 is usual.</summary>
    public double Threshold { get; }

    private protected override int LeastWarmUp => ZClipSettings.LeastWarmUp;

    private protected override LimitSettings CreateSettings() => new ZClipSettings(Threshold, MaxNorm, WarmUpSteps);
}
