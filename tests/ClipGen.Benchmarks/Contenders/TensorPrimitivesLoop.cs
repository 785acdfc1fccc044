using System.Numerics.Tensors;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>The loop that a good engineer writes over a list of buffers with the vectorised functions of the framework.</summary>
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
