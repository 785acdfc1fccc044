using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The settings of ZClip: a z-score against an exponential mean and variance of the norms.</summary>
/// <param name="Threshold">The largest z-score that is not clipped: greater than 0.</param>
/// <param name="MaxNorm">An additional fixed limit for the norm.</param>
/// <param name="WarmUpSteps">The number of steps that initialize the mean and the variance: at least 2.</param>
internal sealed record ZClipSettings(double Threshold, double MaxNorm, int WarmUpSteps) : LimitSettings(MaxNorm, WarmUpSteps)
{
    /// <summary>The smallest number of norms that has a variance.</summary>
    internal const int LeastWarmUp = 2;

    /// <summary>The paper's number of steps.</summary>
    internal const int UsualWarmUp = 25;

    internal override string Kind => "ZClip";

    internal override ClipScope Scope => ClipScope.Global;

    internal override LimitState CreateState() => new ZClipState(this);

    internal override void AddTo(SharedTerms terms)
    {
        terms.Add(nameof(Threshold), Threshold);
        base.AddTo(terms);
    }

    internal override LimitSettings Validated()
    {
        if (Threshold is not (> 0 and <= double.MaxValue))
            throw new ArgumentOutOfRangeException("threshold", Threshold, "The threshold must be finite, and greater than 0.");
        if (WarmUpSteps < LeastWarmUp)
        {
            throw new ArgumentOutOfRangeException(
                "warmUpSteps", WarmUpSteps, "The warm-up must have at least 2 steps, because it initializes the mean and the variance.");
        }

        return base.Validated();
    }
}
