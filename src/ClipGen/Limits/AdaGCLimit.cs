using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>Limits the norm of each gradient to a multiple of the exponential mean of its own norm.</summary>
/// <remarks>See <see cref="AdaGCAttribute"/> for the formula and its source.</remarks>
public sealed class AdaGCLimit : AdaptiveLimit
{
    /// <summary>Creates a limit with an empty state.</summary>
    /// <param name="ratio">The factor applied to the mean: greater than 0. 1.05 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range.</exception>
    public AdaGCLimit(double ratio)
        : base(warmUpSteps: AdaGCSettings.UsualWarmUp)
    {
        Ratio = ratio;
        CreateSettings().Validated();
    }

    /// <summary>The factor applied to the mean: greater than 0. 1.05 is usual.</summary>
    public double Ratio { get; }

    private protected override LimitSettings CreateSettings() => AdaGCSettings.Of(Ratio, HasMaxNorm ? MaxNorm : null, WarmUpSteps);
}
