namespace ClipGen.Mpi.Ranks;

/// <summary>The part of a model that one process holds.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class Part(float[][] gradients)
{
    [Gradient]
    public float[][] Gradients { get; } = gradients;
}

/// <summary>A model with parameters of any length.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class Trained(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    public float[][] Weights { get; } = weights;

    public float[][] Gradients { get; } = gradients;
}

/// <summary>A model of which every process has a copy.</summary>
[ClipGradNorm(0.5)]
internal sealed partial class Net
{
    [Parameter(Gradient = nameof(Gradient))]
    public float[] Weights { get; } = [.. Enumerable.Range(0, 300).Select(i => MathF.Sin(i))];

    public float[] Gradient { get; } = new float[300];

    [Parameter(Gradient = nameof(BiasGradient), WeightDecay = false)]
    public double[] Bias { get; } = new double[20];

    public double[] BiasGradient { get; } = new double[20];

    /// <summary>Gradients of the examples of one process.</summary>
    public void Backward(int step, int rank)
    {
        for (int i = 0; i < Gradient.Length; i++)
            Gradient[i] = MathF.Sin((i + 1) * (step + 1) * (rank + 0.7f)) - (0.1f * Weights[i]);
        for (int i = 0; i < BiasGradient.Length; i++)
            BiasGradient[i] = Math.Cos((i + 1) * (step + 1) * (rank + 0.3));
    }
}
