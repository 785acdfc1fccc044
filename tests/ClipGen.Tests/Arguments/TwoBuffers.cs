namespace ClipGen.Tests.Arguments;

/// <summary>A model with two buffers whose lengths the compiler does not see.</summary>
[ClipGradNorm(0.01)]
internal sealed partial class TwoBuffers(float[] weights, double[] bias)
{
    [Gradient] internal readonly float[] Weights = weights;
    [Gradient] internal readonly double[] Bias = bias;
}
