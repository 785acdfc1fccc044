namespace ClipGen.Benchmarks.Models;

/// <summary>Forty small buffers whose length the generator sees: the biases and gains of a hand-written network.</summary>
[ClipGradNorm(1.0)]
public sealed partial class FortyOf16 : IBenchmarkModel
{
    [Gradient] private readonly float[] _d00 = new float[16];
    [Gradient] private readonly float[] _d01 = new float[16];
    [Gradient] private readonly float[] _d02 = new float[16];
    [Gradient] private readonly float[] _d03 = new float[16];
    [Gradient] private readonly float[] _d04 = new float[16];
    [Gradient] private readonly float[] _d05 = new float[16];
    [Gradient] private readonly float[] _d06 = new float[16];
    [Gradient] private readonly float[] _d07 = new float[16];
    [Gradient] private readonly float[] _d08 = new float[16];
    [Gradient] private readonly float[] _d09 = new float[16];
    [Gradient] private readonly float[] _d10 = new float[16];
    [Gradient] private readonly float[] _d11 = new float[16];
    [Gradient] private readonly float[] _d12 = new float[16];
    [Gradient] private readonly float[] _d13 = new float[16];
    [Gradient] private readonly float[] _d14 = new float[16];
    [Gradient] private readonly float[] _d15 = new float[16];
    [Gradient] private readonly float[] _d16 = new float[16];
    [Gradient] private readonly float[] _d17 = new float[16];
    [Gradient] private readonly float[] _d18 = new float[16];
    [Gradient] private readonly float[] _d19 = new float[16];
    [Gradient] private readonly float[] _d20 = new float[16];
    [Gradient] private readonly float[] _d21 = new float[16];
    [Gradient] private readonly float[] _d22 = new float[16];
    [Gradient] private readonly float[] _d23 = new float[16];
    [Gradient] private readonly float[] _d24 = new float[16];
    [Gradient] private readonly float[] _d25 = new float[16];
    [Gradient] private readonly float[] _d26 = new float[16];
    [Gradient] private readonly float[] _d27 = new float[16];
    [Gradient] private readonly float[] _d28 = new float[16];
    [Gradient] private readonly float[] _d29 = new float[16];
    [Gradient] private readonly float[] _d30 = new float[16];
    [Gradient] private readonly float[] _d31 = new float[16];
    [Gradient] private readonly float[] _d32 = new float[16];
    [Gradient] private readonly float[] _d33 = new float[16];
    [Gradient] private readonly float[] _d34 = new float[16];
    [Gradient] private readonly float[] _d35 = new float[16];
    [Gradient] private readonly float[] _d36 = new float[16];
    [Gradient] private readonly float[] _d37 = new float[16];
    [Gradient] private readonly float[] _d38 = new float[16];
    [Gradient] private readonly float[] _d39 = new float[16];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Gradients =>
    [
        _d00, _d01, _d02, _d03, _d04, _d05, _d06, _d07, _d08, _d09,
        _d10, _d11, _d12, _d13, _d14, _d15, _d16, _d17, _d18, _d19,
        _d20, _d21, _d22, _d23, _d24, _d25, _d26, _d27, _d28, _d29,
        _d30, _d31, _d32, _d33, _d34, _d35, _d36, _d37, _d38, _d39,
    ];

    /// <inheritdoc/>
    public ClipResult Clip(double limit) => ClipGradients(limit);
}
