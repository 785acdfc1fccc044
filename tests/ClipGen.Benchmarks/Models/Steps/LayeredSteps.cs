using ClipGen.Optimizers;

namespace ClipGen.Benchmarks.Models.Steps;

/// <summary>Many small layers in a list, two parameters each.</summary>
[ClipGradNorm(StepShapes.DeclaredLimit)]
public sealed partial class LayeredSteps : IStepModel
{
    private readonly List<StepLayer> _layers;

    /// <summary>A model of <paramref name="layers"/> layers.</summary>
    public LayeredSteps(int layers) => _layers = [.. Enumerable.Range(0, layers).Select(_ => new StepLayer())];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => [.. _layers.SelectMany(layer => layer.Gradients)];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Parameters => [.. _layers.SelectMany(layer => layer.Parameters)];

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);

    /// <inheritdoc/>
    public ClipResult ClipAndStep(Optimizer optimizer) => optimizer.ClipAndStep(this);

    /// <inheritdoc/>
    public void Step(Optimizer optimizer) => optimizer.Step(this);
}

/// <summary>A layer of two parameters of 64 elements.</summary>
public sealed partial class StepLayer
{
    [Parameter(Gradient = nameof(_dWeight))] private readonly float[] _weight = new float[64];
    private readonly float[] _dWeight = new float[64];
    [Parameter(Gradient = nameof(_dBias))] private readonly float[] _bias = new float[64];
    private readonly float[] _dBias = new float[64];

    /// <summary>The gradients.</summary>
    public float[][] Gradients => [_dWeight, _dBias];

    /// <summary>The parameters.</summary>
    public float[][] Parameters => [_weight, _bias];
}
