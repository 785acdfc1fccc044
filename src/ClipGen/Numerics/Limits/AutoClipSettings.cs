using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>A percentile of all norms so far.</summary>
/// <param name="Percentile">The percentile: greater than 0, and at most 100.</param>
/// <param name="MaxNorm">A limit that always holds as well.</param>
/// <param name="WarmUpSteps">The number of steps that are only observed.</param>
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
        : throw new ArgumentOutOfRangeException("percentile", Percentile, "A percentile is greater than 0, and at most 100.");
}
