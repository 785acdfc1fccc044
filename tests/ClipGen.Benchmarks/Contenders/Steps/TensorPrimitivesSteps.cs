using System.Numerics.Tensors;
using ClipGen.Benchmarks.Models.Steps;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>
/// A loop over buffers with the vectorized functions of the framework, as an experienced engineer writes it: first the clip and then the
/// update, with one function for each operation of the formula and a buffer for intermediate results.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="rule">The rule.</param>
/// <param name="learningRate">The learning rate.</param>
public sealed class TensorPrimitivesSteps(IStepModel model, UpdateRule rule, double learningRate) : StepContender(Title)
{
    /// <summary>The name in the tables.</summary>
    public const string Title = "TensorPrimitives loop";

    private readonly TensorPrimitivesLoop _clip = new([.. model.Gradients]);
    private readonly float[][] _gradients = [.. model.Gradients];
    private readonly float[][] _parameters = [.. model.Parameters];
    private readonly float[][] _first = CreateLike(model, needed: true);
    private readonly float[][] _second = CreateLike(model, needed: UpdateOptions.States(rule) > 1);
    private readonly float[] _between = new float[model.Gradients.Max(gradient => gradient.Length)];
    private int _steps;

    /// <inheritdoc/>
    public override IEnumerable<float[]> ReadParameters() => _parameters;

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        double norm = _clip.Clip(limit);
        _steps++;
        for (int index = 0; index < _gradients.Length; index++)
        {
            float[] gradient = _gradients[index];
            Span<float> between = _between.AsSpan(0, gradient.Length);
            switch (rule)
            {
                case UpdateRule.Sgd:
                    UpdateSgd(gradient, _parameters[index], _first[index], between);
                    break;
                case UpdateRule.RmsProp:
                    UpdateRmsProp(gradient, _parameters[index], _first[index], between);
                    break;
                default:
                    UpdateAdam(gradient, _parameters[index], _first[index], _second[index], between);
                    break;
            }
        }

        return norm;
    }

    private void UpdateAdam(ReadOnlySpan<float> gradient, Span<float> parameter, Span<float> mean, Span<float> square, Span<float> between)
    {
        if (rule == UpdateRule.AdamW)
            TensorPrimitives.Multiply(parameter, (float)(1 - learningRate * UpdateOptions.WeightDecay), parameter);

        TensorPrimitives.Multiply(gradient, (float)(1 - UpdateOptions.Beta1), between);
        TensorPrimitives.MultiplyAdd(mean, (float)UpdateOptions.Beta1, between, mean);
        TensorPrimitives.Multiply(gradient, gradient, between);
        TensorPrimitives.Multiply(between, (float)(1 - UpdateOptions.Beta2), between);
        TensorPrimitives.MultiplyAdd(square, (float)UpdateOptions.Beta2, between, square);
        TensorPrimitives.Sqrt(square, between);
        TensorPrimitives.Divide(between, (float)Math.Sqrt(1 - Math.Pow(UpdateOptions.Beta2, _steps)), between);
        TensorPrimitives.Add(between, (float)UpdateOptions.Epsilon, between);
        TensorPrimitives.Divide(mean, between, between);
        TensorPrimitives.MultiplyAdd(between, (float)(-learningRate / (1 - Math.Pow(UpdateOptions.Beta1, _steps))), parameter, parameter);
    }

    private void UpdateSgd(ReadOnlySpan<float> gradient, Span<float> parameter, Span<float> momentum, Span<float> between)
    {
        TensorPrimitives.MultiplyAdd(momentum, (float)UpdateOptions.Momentum, gradient, momentum);
        TensorPrimitives.Multiply(momentum, (float)learningRate, between);
        TensorPrimitives.Subtract(parameter, between, parameter);
    }

    private void UpdateRmsProp(ReadOnlySpan<float> gradient, Span<float> parameter, Span<float> square, Span<float> between)
    {
        TensorPrimitives.Multiply(gradient, gradient, between);
        TensorPrimitives.Multiply(between, (float)(1 - UpdateOptions.Alpha), between);
        TensorPrimitives.MultiplyAdd(square, (float)UpdateOptions.Alpha, between, square);
        TensorPrimitives.Sqrt(square, between);
        TensorPrimitives.Add(between, (float)UpdateOptions.Epsilon, between);
        TensorPrimitives.Divide(gradient, between, between);
        TensorPrimitives.MultiplyAdd(between, (float)-learningRate, parameter, parameter);
    }

    private static float[][] CreateLike(IStepModel model, bool needed) =>
        needed ? [.. model.Gradients.Select(gradient => new float[gradient.Length])] : [];
}
