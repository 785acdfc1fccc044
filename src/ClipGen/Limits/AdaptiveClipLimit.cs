using ClipGen.Numerics.Limits;

namespace ClipGen;

/// <summary>
/// Limits the norm of each unit's gradient to a share of the norm of its weights. Requires gradients with parameters: those of TorchSharp
/// or of a gradient source.
/// </summary>
/// <remarks>See <see cref="AdaptiveClipAttribute"/> for the formula and its source.</remarks>
public sealed class AdaptiveClipLimit : AdaptiveLimit
{
    /// <summary>Creates a limit with an empty state.</summary>
    /// <param name="ratio">The share: greater than 0. 0.01 is usual for large batches.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range.</exception>
    public AdaptiveClipLimit(double ratio)
        : base(warmUpSteps: 0)
    {
        Ratio = ratio;
        CreateSettings().Validated();
    }

    /// <summary>The share: greater than 0. 0.01 is usual for large batches.</summary>
    public double Ratio { get; }

    private protected override LimitSettings CreateSettings() => new AdaptiveClipSettings(Ratio, MaxNorm, WarmUpSteps);
}
