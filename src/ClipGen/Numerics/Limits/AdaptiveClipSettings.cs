using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The settings of adaptive gradient clipping: a share of the norm of the weights, unit by unit.</summary>
/// <param name="Ratio">The share: greater than 0.</param>
/// <param name="MaxNorm">An additional limit for the norm over all gradients.</param>
/// <param name="WarmUpSteps">The number of first steps in which only <paramref name="MaxNorm"/> applies.</param>
internal sealed record AdaptiveClipSettings(double Ratio, double MaxNorm, int WarmUpSteps) : LimitSettings(MaxNorm, WarmUpSteps)
{
    internal override string Kind => "AdaptiveClip";

    internal override ClipScope Scope => ClipScope.PerParameter;

    internal override bool NeedsParameters => true;

    internal override LimitState CreateState() => new AdaptiveClipState(this);

    internal override void AddTo(SharedTerms terms)
    {
        terms.Add(nameof(Ratio), Ratio);
        base.AddTo(terms);
    }

    internal override LimitSettings Validated() => Ratio is > 0 and <= double.MaxValue
        ? base.Validated()
        : throw new ArgumentOutOfRangeException("ratio", Ratio, "The ratio must be finite, and greater than 0.");
}
