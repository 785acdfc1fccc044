using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>Limits the norm to a percentile of all norms so far, including the current one.</summary>
/// <remarks>See <see cref="AutoClipAttribute"/> for the formula and its source.</remarks>
public sealed class AutoClipLimit : AdaptiveLimit
{
    /// <summary>Creates a limit with an empty state.</summary>
    /// <param name="percentile">The percentile: greater than 0, and at most 100. 10 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percentile"/> is out of range.</exception>
    public AutoClipLimit(double percentile)
        : base(warmUpSteps: 0)
    {
        Percentile = percentile;
        CreateSettings().Validated();
    }

    /// <summary>The percentile: greater than 0, and at most 100. 10 is usual.</summary>
    public double Percentile { get; }

    private protected override LimitSettings CreateSettings() => new AutoClipSettings(Percentile, MaxNorm, WarmUpSteps);
}
