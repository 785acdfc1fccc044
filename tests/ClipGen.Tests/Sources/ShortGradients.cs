namespace ClipGen.Tests.Sources;

/// <summary>Short buffers whose lengths the generator sees, so that it unrolls their code.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class ShortGradients
{
    [Gradient]
    internal readonly float[] A = new float[16], B = new float[3], C = new float[33], D = new float[10], E = new float[64],
        F = new float[23];
    [Gradient] internal readonly double[] G = new double[8], H = new double[1], I = new double[3], J = new double[29], K = new double[6];
    [Gradient] internal readonly float[] L = new float[255], M = new float[5];
}

/// <summary>
/// The same buffers in fields that can be assigned. In each group, one buffer has another length than it declares, so that generated code
/// calls an operation for each buffer.
/// </summary>
[ClipGradNorm(1.0)]
internal sealed partial class ShortGradientsCalled
{
    [Gradient(Length = 16)] internal float[] A = new float[16];
    [Gradient(Length = 3)] internal float[] B = new float[3];
    [Gradient(Length = 33)] internal float[] C = new float[33];
    [Gradient(Length = 10)] internal float[] D = new float[10];
    [Gradient(Length = 64)] internal float[] E = new float[64];
    [Gradient(Length = 22)] internal float[] F = new float[23];
    [Gradient(Length = 8)] internal double[] G = new double[8];
    [Gradient(Length = 1)] internal double[] H = new double[1];
    [Gradient(Length = 3)] internal double[] I = new double[3];
    [Gradient(Length = 29)] internal double[] J = new double[29];
    [Gradient(Length = 7)] internal double[] K = new double[6];
    [Gradient(Length = 255)] internal float[] L = new float[255];
    [Gradient(Length = 4)] internal float[] M = new float[5];
}

/// <summary>Buffers that are longer than declared. Together they have more vectors than unrolled code handles at once.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class LongerThanDeclared
{
    [Gradient(Length = 16)] internal readonly float[] A = new float[256], B = new float[256], C = new float[256], D = new float[256];
    [Gradient(Length = 16)] internal readonly float[] E = new float[256], F = new float[256], G = new float[250], H = new float[255];
}

/// <summary>One buffer that the generator sees being allocated, so that it emits no check for it.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class ProvenGradients
{
    [Gradient] internal readonly float[] A = new float[16];
}
