using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>A z-score against an exponential mean and variance of the norms.</summary>
/// <param name="Threshold">The largest z-score that is left as it is: greater than 0.</param>
/// <param name="MaxNorm">A limit that always holds as well.</param>
/// <param name="WarmUpSteps">The number of steps from which the first mean and variance are taken: at least 2.</param>
internal sealed record ZClipSettings(double Threshold, double MaxNorm, int WarmUpSteps) : LimitSettings(MaxNorm, WarmUpSteps)
{
    /// <summary>The least number of norms that have a variance.</summary>
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
            throw new ArgumentOutOfRangeException("threshold", Threshold, "The threshold is finite, and greater than 0.");
        if (WarmUpSteps < LeastWarmUp)
        {
            throw new ArgumentOutOfRangeException(
                "warmUpSteps", WarmUpSteps, "The first mean and variance are taken from the warm-up, which has at least 2 steps.");
        }

        return base.Validated();
    }
}
