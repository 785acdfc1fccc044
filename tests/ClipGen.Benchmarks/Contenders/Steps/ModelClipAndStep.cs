using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary><c>optimizer.ClipAndStep(model)</c>, with the limit that the model declares.</summary>
public sealed class ModelClipAndStep(IStepModel model, Optimizer optimizer, int threads) : ModelSteps(NameOf(threads), model, threads)
{
    private readonly IStepModel _model = model;

    /// <summary>The name in the tables for a number of threads.</summary>
    public static string NameOf(int threads) => threads == 1 ? "ClipAndStep" : $"ClipAndStep, {threads} threads";

    /// <inheritdoc/>
    public override double Clip(double limit) => _model.ClipAndStep(optimizer).TotalNorm;
}
