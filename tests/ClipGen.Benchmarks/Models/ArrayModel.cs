namespace ClipGen.Benchmarks.Models;

/// <summary>Large buffers in an array, of a length that the compiler does not see: a network far beyond every cache.</summary>
[ClipGradNorm(1.0)]
public sealed partial class ArrayModel : IBenchmarkModel
{
    [Gradient] private readonly float[][] _gradients;

    /// <summary>A model of <paramref name="buffers"/> gradients of <paramref name="length"/> elements.</summary>
    public ArrayModel(int buffers, int length) => _gradients = [.. Enumerable.Range(0, buffers).Select(_ => new float[length])];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => _gradients;

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);
}
