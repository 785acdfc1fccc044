using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Models.Steps;

/// <summary>Eight matrices of a small recurrent network with their gradients: with the states of an optimizer 1.6 MB.</summary>
[ClipGradNorm(StepShapes.DeclaredLimit)]
public sealed partial class EightStepsOf12500 : IStepModel
{
    [Parameter(Gradient = nameof(_d0))] private readonly float[] _p0 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d0 = new float[12500];
    [Parameter(Gradient = nameof(_d1))] private readonly float[] _p1 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d1 = new float[12500];
    [Parameter(Gradient = nameof(_d2))] private readonly float[] _p2 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d2 = new float[12500];
    [Parameter(Gradient = nameof(_d3))] private readonly float[] _p3 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d3 = new float[12500];
    [Parameter(Gradient = nameof(_d4))] private readonly float[] _p4 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d4 = new float[12500];
    [Parameter(Gradient = nameof(_d5))] private readonly float[] _p5 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d5 = new float[12500];
    [Parameter(Gradient = nameof(_d6))] private readonly float[] _p6 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d6 = new float[12500];
    [Parameter(Gradient = nameof(_d7))] private readonly float[] _p7 = new float[12500];
    [Gradient(UnitLength = 125)] private readonly float[] _d7 = new float[12500];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => [_d0, _d1, _d2, _d3, _d4, _d5, _d6, _d7];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Parameters => [_p0, _p1, _p2, _p3, _p4, _p5, _p6, _p7];

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);

    /// <inheritdoc/>
    public ClipResult ClipAndStep(Optimizer optimizer) => optimizer.ClipAndStep(this);

    /// <inheritdoc/>
    public void Step(Optimizer optimizer) => optimizer.Step(this);
}
