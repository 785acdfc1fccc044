using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The settings of AutoClip: a percentile of all norms so far.</summary>
/// <param name="Percentile">The percentile: greater than 0, and at most 100.</param>
/// <param name="MaxNorm">An additional fixed limit for the norm.</param>
/// <param name="WarmUpSteps">The number of first steps whose norms are collected but not clipped.</param>
internal sealed record AutoClipSettings(double Percentile, double MaxNorm, int WarmUpSteps) : LimitSettings(MaxNorm, WarmUpSteps)
{
    internal override string Kind => "AutoClip";

    internal override ClipScope Scope => ClipScope.Global;

    internal override LimitState CreateState() => new AutoClipState(this);

    internal override void AddTo(SharedTerms terms)
    {
        terms.Add(nameof(Percentile), Percentile);
        base.AddTo(terms);
    }

    internal override LimitSettings Validated() => Percentile is > 0 and <= 100
        ? base.Validated()
        : throw new ArgumentOutOfRangeException("percentile", Percentile, "The percentile must be greater than 0, and at most 100.");
}
