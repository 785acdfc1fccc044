namespace ClipGen.Tests.Limits;

/// <summary>
/// The four rules in their simplest form: one element at a time, in <see cref="double"/>, and with all norms of a run in a list.
/// </summary>
internal sealed class LimitOracle(string kind, double number, int warmUpSteps, double maxNorm)
{
    private readonly List<double> _norms = [];
    private readonly Dictionary<int, double> _means = [];
    private double _mean;
    private double _variance;

    /// <summary>Clips gradients by the rule. Each buffer is divided into units of the given length.</summary>
    internal void Clip(double[][] gradients, double[][] weights, int[] unitLengths)
    {
        switch (kind)
        {
            case "AutoClip":
            case "ZClip":
                double norm = NormOf(gradients);
                double limit = Math.Min(maxNorm, kind == "AutoClip" ? AutoClip(norm) : ZClip(norm));
                Scale(gradients, norm > limit ? limit / norm : 1);
                if (kind == "ZClip")
                    LearnScore(Math.Min(norm, limit));
                break;
            case "AdaptiveClip":
                if (_norms.Count >= warmUpSteps)
                    ClipUnits(gradients, weights, unitLengths);
                _norms.Add(0);
                ScaleTo(gradients, maxNorm);
                break;
            default:
                ClipByMeans(gradients);
                break;
        }
    }

    private static double NormOf(params double[][] gradients) => Math.Sqrt(gradients.Sum(gradient => gradient.Sum(x => x * x)));

    private static void Scale(double[][] gradients, double factor)
    {
        foreach (double[] gradient in gradients)
        {
            for (int i = 0; i < gradient.Length; i++)
                gradient[i] *= factor;
        }
    }

    private static void ScaleTo(double[][] gradients, double limit)
    {
        double norm = NormOf(gradients);
        if (norm > limit)
            Scale(gradients, limit / norm);
    }

    private double AutoClip(double norm)
    {
        _norms.Add(norm);
        if (_norms.Count <= warmUpSteps)
            return double.PositiveInfinity;
        double[] sorted = [.. _norms.Order()];
        double rank = number / 100 * (sorted.Length - 1);
        int lower = (int)rank;
        return lower + 1 == sorted.Length ? sorted[lower] : sorted[lower] + ((rank - lower) * (sorted[lower + 1] - sorted[lower]));
    }

    private double ZClip(double norm)
    {
        double deviation = Math.Sqrt(_variance);
        double score = (norm - _mean) / (deviation + 1e-6);
        return _norms.Count < warmUpSteps || score <= number ? double.PositiveInfinity : _mean + (number * deviation / (score / number));
    }

    private void LearnScore(double clipped)
    {
        _norms.Add(clipped);
        if (_norms.Count <= warmUpSteps)
        {
            _mean = _norms.Average();
            _variance = _norms.Average(norm => (norm - _mean) * (norm - _mean));
            return;
        }

        _mean = (0.97 * _mean) + (0.03 * clipped);
        _variance = (0.97 * _variance) + (0.03 * (clipped - _mean) * (clipped - _mean));
    }

    private void ClipUnits(double[][] gradients, double[][] weights, int[] unitLengths)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            int length = unitLengths[i] == 0 ? gradients[i].Length : unitLengths[i];
            for (int start = 0; start < gradients[i].Length; start += length)
            {
                double norm = NormOf(gradients[i][start..(start + length)]);
                double limit = number * Math.Max(1e-3, NormOf(weights[i][start..(start + length)]));
                for (int j = start; norm > limit && j < start + length; j++)
                    gradients[i][j] *= limit / norm;
            }
        }
    }

    private void ClipByMeans(double[][] gradients)
    {
        bool isWarmUp = _norms.Count < warmUpSteps;
        _norms.Add(0);
        for (int i = 0; i < gradients.Length && !isWarmUp; i++)
            ScaleTo([gradients[i]], _means.TryGetValue(i, out double mean) ? number * mean : double.PositiveInfinity);
        ScaleTo(gradients, double.IsFinite(maxNorm) ? maxNorm : isWarmUp ? 1 : double.PositiveInfinity);
        for (int i = 0; i < gradients.Length; i++)
        {
            double norm = NormOf(gradients[i]);
            if (norm > 0)
            {
                _means[i] = !_means.TryGetValue(i, out double mean) ? norm
                    : isWarmUp ? Math.Min(mean, norm)
                    : (0.98 * mean) + (0.02 * norm);
            }
        }
    }
}
