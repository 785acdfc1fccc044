namespace ClipGen.Benchmarks.Contenders;

/// <summary>The scalar loop. It sums in double, because a total in float stops growing after some million elements.</summary>
public sealed class ScalarLoop(float[][] gradients) : Contender("scalar loop")
{
    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        double sum = 0;
        foreach (float[] gradient in gradients)
        {
            foreach (float element in gradient) sum += element * element;
        }

        double norm = Math.Sqrt(sum);
        if (norm > limit)
        {
            float scale = (float)(limit / norm);
            foreach (float[] gradient in gradients)
            {
                for (int i = 0; i < gradient.Length; i++) gradient[i] *= scale;
            }
        }

        return norm;
    }
}
