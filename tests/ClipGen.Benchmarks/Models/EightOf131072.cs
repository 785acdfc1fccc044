namespace ClipGen.Benchmarks.Models;

/// <summary>Eight matrices of a medium-sized network: 4 MiB, more than the second-level cache of most processors.</summary>
[ClipGradNorm(1.0)]
public sealed partial class EightOf131072 : IBenchmarkModel
{
    [Gradient] private readonly float[] _d0 = new float[131072];
    [Gradient] private readonly float[] _d1 = new float[131072];
    [Gradient] private readonly float[] _d2 = new float[131072];
    [Gradient] private readonly float[] _d3 = new float[131072];
    [Gradient] private readonly float[] _d4 = new float[131072];
    [Gradient] private readonly float[] _d5 = new float[131072];
    [Gradient] private readonly float[] _d6 = new float[131072];
    [Gradient] private readonly float[] _d7 = new float[131072];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => [_d0, _d1, _d2, _d3, _d4, _d5, _d6, _d7];

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);
}
