using System.Numerics.Tensors;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>A loop over a list of buffers with the vectorized functions of the framework, as an experienced engineer writes it.</summary>
public sealed class TensorPrimitivesLoop(float[][] gradients) : Contender("TensorPrimitives loop")
{
    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        double sum = 0;
        foreach (float[] gradient in gradients) sum += TensorPrimitives.SumOfSquares<float>(gradient);

        double norm = Math.Sqrt(sum);
        if (norm > limit)
        {
            float scale = (float)(limit / norm);
            foreach (float[] gradient in gradients) TensorPrimitives.Multiply(gradient, scale, gradient);
        }

        return norm;
    }
}
