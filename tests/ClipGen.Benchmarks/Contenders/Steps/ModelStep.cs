using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary><c>optimizer.Step(model)</c>, which clips nothing.</summary>
public sealed class ModelStep(IStepModel model, Optimizer optimizer) : ModelSteps(Title, model, threads: 1)
{
    /// <summary>The name in the tables.</summary>
    public const string Title = "Step alone";

    private readonly IStepModel _model = model;

    /// <inheritdoc/>
    public override bool Clips => false;

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        _model.Step(optimizer);
        return double.NaN;
    }
}
