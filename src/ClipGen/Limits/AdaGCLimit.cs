using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>A multiple of an exponential mean of each gradient's own norm.</summary>
/// <remarks>See <see cref="AdaGCAttribute"/> for the formula and its source.</remarks>
public sealed class AdaGCLimit : AdaptiveLimit
{
    /// <summary>Begins with nothing learned.</summary>
    /// <param name="ratio">What the mean is multiplied with: greater than 0. 1.05 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range.</exception>
    public AdaGCLimit(double ratio)
        : base(warmUpSteps: AdaGCSettings.UsualWarmUp)
    {
        Ratio = ratio;
        CreateSettings().Validated();
    }

    /// <summary>What the mean is multiplied with: greater than 0. 1.05 is usual.</summary>
    public double Ratio { get; }

    private protected override LimitSettings CreateSettings() => AdaGCSettings.Of(Ratio, HasMaxNorm ? MaxNorm : null, WarmUpSteps);
}
