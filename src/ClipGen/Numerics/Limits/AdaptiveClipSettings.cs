using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>A share of the norm of the weights, unit by unit.</summary>
/// <param name="Ratio">The share: greater than 0.</param>
/// <param name="MaxNorm">A limit for the norm over all gradients that always holds as well.</param>
/// <param name="WarmUpSteps">The number of steps that only <paramref name="MaxNorm"/> limits.</param>
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
        : throw new ArgumentOutOfRangeException("ratio", Ratio, "The ratio is finite, and greater than 0.");
}
