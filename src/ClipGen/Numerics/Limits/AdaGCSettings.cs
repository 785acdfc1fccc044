using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The settings of AdaGC: a multiple of an exponential mean of each buffer's own norm.</summary>
/// <param name="Ratio">The factor applied to the mean: greater than 0.</param>
/// <param name="MaxNorm">An additional limit for the norm over all buffers.</param>
/// <param name="WarmUpNorm">The limit for the norm over all buffers during the warm-up.</param>
/// <param name="WarmUpSteps">The number of steps in which the means are initialized.</param>
internal sealed record AdaGCSettings(double Ratio, double MaxNorm, double WarmUpNorm, int WarmUpSteps) : LimitSettings(MaxNorm, WarmUpSteps)
{
    /// <summary>The paper's number of steps.</summary>
    internal const int UsualWarmUp = 100;

    /// <summary>The paper's limit during the warm-up.</summary>
    internal const double UsualWarmUpNorm = 1;

    /// <summary>Settings with the paper's limit during the warm-up and none after it, unless a limit for all steps is given.</summary>
    internal static AdaGCSettings Of(double ratio, double? maxNorm, int warmUpSteps) => maxNorm is { } norm
        ? new(ratio, norm, norm, warmUpSteps)
        : new(ratio, double.PositiveInfinity, UsualWarmUpNorm, warmUpSteps);

    internal override string Kind => "AdaGC";

    internal override ClipScope Scope => ClipScope.PerParameter;

    internal override LimitState CreateState() => new AdaGCState(this);

    internal override void AddTo(SharedTerms terms)
    {
        terms.Add(nameof(Ratio), Ratio);
        base.AddTo(terms);
        terms.Add("MaxNorm in the warm-up", WarmUpNorm);
    }

    internal override LimitSettings Validated() => Ratio is > 0 and <= double.MaxValue
        ? base.Validated()
        : throw new ArgumentOutOfRangeException("ratio", Ratio, "The ratio must be finite, and greater than 0.");
}
