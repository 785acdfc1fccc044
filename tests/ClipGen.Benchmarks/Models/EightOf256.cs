namespace ClipGen.Benchmarks.Models;

/// <summary>Eight buffers of the largest length that the generator unrolls.</summary>
[ClipGradNorm(1.0)]
public sealed partial class EightOf256 : IBenchmarkModel
{
    [Gradient] private readonly float[] _d0 = new float[256];
    [Gradient] private readonly float[] _d1 = new float[256];
    [Gradient] private readonly float[] _d2 = new float[256];
    [Gradient] private readonly float[] _d3 = new float[256];
    [Gradient] private readonly float[] _d4 = new float[256];
    [Gradient] private readonly float[] _d5 = new float[256];
    [Gradient] private readonly float[] _d6 = new float[256];
    [Gradient] private readonly float[] _d7 = new float[256];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => [_d0, _d1, _d2, _d3, _d4, _d5, _d6, _d7];

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);
}
