using ClipGen.Benchmarks.Contenders.Steps;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>
/// The formulas of the rules, one element at a time in <see cref="double"/>. Contenders are compared with them before they are measured.
/// </summary>
internal sealed class ScalarUpdate(UpdateRule rule, double learningRate, int length)
{
    private readonly double[] _first = new double[length];
    private readonly double[] _second = new double[length];
    private int _steps;

    /// <summary>Updates <paramref name="parameters"/> from <paramref name="gradients"/> times <paramref name="factor"/>.</summary>
    public void Step(ReadOnlySpan<float> gradients, double factor, Span<double> parameters)
    {
        _steps++;
        for (int i = 0; i < parameters.Length; i++)
        {
            double gradient = gradients[i] * factor;
            parameters[i] = rule switch
            {
                UpdateRule.AdamW => parameters[i] * (1 - learningRate * UpdateOptions.WeightDecay) - Adam(i, gradient),
                UpdateRule.Adam => parameters[i] - Adam(i, gradient),
                UpdateRule.Sgd => parameters[i] - learningRate * (_first[i] = UpdateOptions.Momentum * _first[i] + gradient),
                _ => parameters[i] - RmsProp(i, gradient),
            };
        }
    }

    private double Adam(int i, double gradient)
    {
        _first[i] = UpdateOptions.Beta1 * _first[i] + (1 - UpdateOptions.Beta1) * gradient;
        _second[i] = UpdateOptions.Beta2 * _second[i] + (1 - UpdateOptions.Beta2) * gradient * gradient;
        double mean = _first[i] / (1 - Math.Pow(UpdateOptions.Beta1, _steps));
        double square = _second[i] / (1 - Math.Pow(UpdateOptions.Beta2, _steps));
        return learningRate * mean / (Math.Sqrt(square) + UpdateOptions.Epsilon);
    }

    private double RmsProp(int i, double gradient)
    {
        _first[i] = UpdateOptions.Alpha * _first[i] + (1 - UpdateOptions.Alpha) * gradient * gradient;
        return learningRate * gradient / (Math.Sqrt(_first[i]) + UpdateOptions.Epsilon);
    }
}
