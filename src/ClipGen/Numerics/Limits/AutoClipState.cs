using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The norms so far, from which AutoClip computes a percentile.</summary>
/// <remarks>
/// Source: P. Seetharaman et al., "AutoClip: adaptive gradient clipping for source separation networks", MLSP 2020. As in the paper, all
/// steps have the same weight.
/// </remarks>
internal sealed class AutoClipState(AutoClipSettings settings) : NormLimitState(settings)
{
    private readonly NormHistory _norms = new();

    internal override void Reset()
    {
        base.Reset();
        _norms.Clear();
    }

    internal override void AddTo(SharedTerms terms)
    {
        base.AddTo(terms);
        terms.Add("limit so far", _norms.Count == 0 ? 0 : _norms.Quantile(settings.Percentile / 100));
    }

    internal override void Write(SavedLimit saved)
    {
        base.Write(saved);
        _norms.Write(saved);
    }

    internal override void Read(SavedLimit saved)
    {
        base.Read(saved);
        _norms.Read(saved, Steps);
    }

    private protected override double Follow(double norm)
    {
        double share = settings.Percentile / 100;
        if (double.IsFinite(norm))
            return _norms.QuantileWith(share, norm);
        return _norms.Count == 0 ? double.PositiveInfinity : _norms.Quantile(share);
    }

    private protected override void Learn(double norm, double clipped) => _norms.Add(norm);
}
