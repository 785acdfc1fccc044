namespace ClipGen.Benchmarks.Compiler;

/// <summary>The source of a hand-written layer. It stores its gradients, clips them, and updates its weights.</summary>
internal static class HandWrittenLayer
{
    /// <summary>A class with the methods <c>Backward</c>, <c>ClipGradients</c> and <c>UpdateWeights</c>.</summary>
    /// <param name="declaration">The declaration before the braces, such as <c>public class Layer</c>.</param>
    public static string Declare(string declaration) =>
        $$"""
        {{declaration}}
        {
            public readonly float[] Weights = new float[64];
            public readonly float[] WeightGradients = new float[64];

            public void Backward(float[] error)
            {
                for (int i = 0; i < error.Length; i++) WeightGradients[i] += error[i];
            }

            public void ClipGradients(float limit)
            {
                for (int i = 0; i < WeightGradients.Length; i++) WeightGradients[i] = Math.Clamp(WeightGradients[i], -limit, limit);
            }

            public void UpdateWeights(float rate)
            {
                for (int i = 0; i < Weights.Length; i++) Weights[i] -= rate * WeightGradients[i];
            }
        }

        """;
}
