namespace ClipGen.Benchmarks.Models;

/// <summary>Many small layers in a list, with two gradients each: a model that the generator cannot unroll.</summary>
[ClipGradNorm(1.0)]
public sealed partial class LayeredModel : IBenchmarkModel
{
    private readonly List<Layer> _layers;

    /// <summary>A model of <paramref name="layers"/> layers.</summary>
    public LayeredModel(int layers) => _layers = [.. Enumerable.Range(0, layers).Select(_ => new Layer())];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => [.. _layers.SelectMany(layer => new[] { layer.Weight, layer.Bias })];

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);
}

/// <summary>A layer of two gradients of 64 elements.</summary>
public sealed partial class Layer
{
    [Gradient] private readonly float[] _dWeight = new float[64];
    [Gradient] private readonly float[] _dBias = new float[64];

    /// <summary>The gradient of the weight.</summary>
    public float[] Weight => _dWeight;

    /// <summary>The gradient of the bias.</summary>
    public float[] Bias => _dBias;
}
