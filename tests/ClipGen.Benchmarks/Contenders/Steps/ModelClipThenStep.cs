using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary><c>model.ClipGradients(limit)</c>, then <c>optimizer.Step(model)</c>.</summary>
public sealed class ModelClipThenStep(IStepModel model, Optimizer optimizer) : ModelSteps(Title, model, threads: 1)
{
    /// <summary>The name in the tables.</summary>
    public const string Title = "ClipGradients, then Step";

    private readonly IStepModel _model = model;

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        double norm = _model.Clip(limit).TotalNorm;
        _model.Step(optimizer);
        return norm;
    }
}
