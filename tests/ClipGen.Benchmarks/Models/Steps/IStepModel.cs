using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Models.Steps;

/// <summary>A model that declares its parameters next to their gradients.</summary>
public interface IStepModel : IBenchmarkModel
{
    /// <summary>Every parameter, in the order of <see cref="IBenchmarkModel.Gradients"/>.</summary>
    IReadOnlyList<float[]> Parameters { get; }

    /// <summary>Calls <c>optimizer.ClipAndStep(model)</c>. The model declares <see cref="StepShapes.DeclaredLimit"/>.</summary>
    /// <param name="optimizer">The optimizer.</param>
    ClipResult ClipAndStep(Optimizer optimizer);

    /// <summary>Calls <c>optimizer.Step(model)</c>.</summary>
    /// <param name="optimizer">The optimizer.</param>
    void Step(Optimizer optimizer);
}
