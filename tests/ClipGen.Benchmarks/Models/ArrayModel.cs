namespace ClipGen.Benchmarks.Models;

/// <summary>Buffers in an array, with lengths that the generator does not see. Each is passed to a kernel.</summary>
[ClipGradNorm(1.0)]
public sealed partial class ArrayModel : IBenchmarkModel
{
    [Gradient] private readonly float[][] _gradients;

    /// <summary>A model of existing gradients.</summary>
    public ArrayModel(float[][] gradients) => _gradients = gradients;

    /// <summary>A model of <paramref name="buffers"/> gradients of <paramref name="length"/> elements.</summary>
    public ArrayModel(int buffers, int length)
        : this([.. Enumerable.Range(0, buffers).Select(_ => new float[length])])
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients => _gradients;

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);
}
