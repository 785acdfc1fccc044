using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The mean and the variance of the norms.</summary>
/// <remarks>Source: A. Kumar et al., "ZClip: adaptive spike mitigation for LLM pre-training", 2025.</remarks>
internal sealed class ZClipState(ZClipSettings settings) : NormLimitState(settings)
{
    // From the paper.
    private const double Decay = 0.97;
    private const double Epsilon = 1e-6;

    private double _mean;

    // During the warm-up, this is the sum of squared deviations.
    private double _variance;

    internal override void Reset()
    {
        base.Reset();
        _mean = _variance = 0;
    }

    internal override void AddTo(SharedTerms terms)
    {
        base.AddTo(terms);
        terms.Add("mean so far", _mean);
        terms.Add("variance so far", _variance);
    }

    internal override void Write(SavedLimit saved)
    {
        base.Write(saved);
        saved.WriteNumber("mean", _mean);
        saved.WriteNumber("variance", _variance);
    }

    internal override void Read(SavedLimit saved)
    {
        base.Read(saved);
        _mean = saved.ReadNumber("mean", least: 0);
        _variance = saved.ReadNumber("variance", least: 0);
    }

    private protected override double Follow(double norm)
    {
        double deviation = Math.Sqrt(_variance);
        double score = (norm - _mean) / (deviation + Epsilon);
        double threshold = settings.Threshold;
        return score > threshold
            ? _mean + (threshold * deviation / (score / threshold))
            : Math.Max(norm, _mean + (threshold * (deviation + Epsilon)));
    }

    private protected override void Learn(double norm, double clipped)
    {
        if (IsWarmingUp)
        {
            // Welford's algorithm.
            double before = clipped - _mean;
            _mean += before / (Steps + 1);
            _variance = Math.Min(_variance + (before * (clipped - _mean)), double.MaxValue);
            if (Steps + 1 == settings.WarmUpSteps)
                _variance /= settings.WarmUpSteps;
            return;
        }

        _mean = (Decay * _mean) + ((1 - Decay) * clipped);
        double difference = clipped - _mean;

        // An infinite variance would stay infinite, and no norm would exceed its limit any more.
        _variance = Math.Min((Decay * _variance) + ((1 - Decay) * (difference * difference)), double.MaxValue);
    }
}
