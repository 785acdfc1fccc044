using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Models.Steps;

/// <summary>Parameters and gradients in arrays, with lengths that the generator does not see.</summary>
[ClipGradNorm(StepShapes.DeclaredLimit)]
public sealed partial class ArraySteps : IStepModel
{
    [Parameter(Gradient = nameof(_gradients))] private readonly float[][] _parameters;
    private readonly float[][] _gradients;

    /// <summary>A model of <paramref name="buffers"/> parameters of <paramref name="length"/> elements.</summary>
    public ArraySteps(int buffers, int length)
    {
        _parameters = [.. Enumerable.Range(0, buffers).Select(_ => new float[length])];
        _gradients = [.. Enumerable.Range(0, buffers).Select(_ => new float[length])];
    }

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => _gradients;

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Parameters => _parameters;

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);

    /// <inheritdoc/>
    public ClipResult ClipAndStep(Optimizer optimizer) => optimizer.ClipAndStep(this);

    /// <inheritdoc/>
    public void Step(Optimizer optimizer) => optimizer.Step(this);
}
