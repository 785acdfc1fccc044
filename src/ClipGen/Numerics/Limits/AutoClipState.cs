using ClipGen.Observing;

namespace ClipGen.Numerics.Limits;

/// <summary>The norms so far, from which AutoClip takes a percentile.</summary>
/// <remarks>
/// Source: P. Seetharaman et al., "AutoClip: adaptive gradient clipping for source separation networks", MLSP 2020. The norms of all steps
/// count the same, as there; <see cref="QuantileSketch"/> keeps them in 48 KiB.
/// </remarks>
internal sealed class AutoClipState(AutoClipSettings settings) : NormLimitState(settings)
{
    private const string Norms = "norms";

    private readonly QuantileSketch _norms = new();

    internal override void Reset()
    {
        base.Reset();
        _norms.Clear();
    }

    internal override void Write(SavedLimit saved)
    {
        base.Write(saved);
        saved.WriteNumbers(Norms, _norms.ToArray());
    }

    internal override void Read(SavedLimit saved)
    {
        base.Read(saved);
        if (!_norms.TryRead(saved.ReadNumbers(Norms), Steps))
            throw saved.Invalid(Norms);
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
