using ClipGen;

namespace TemporalOrder;

/// <summary>Plain stochastic gradient descent, without momentum: <c>w ← w − rate · g</c>.</summary>
public sealed class Sgd(double learningRate)
{
    private readonly float _learningRate = (float)learningRate;

    /// <summary>Moves every parameter of <paramref name="network"/> against its gradient.</summary>
    [OptimizerStep]
    public void Step(ElmanRnn network)
    {
        foreach ((float[] weights, float[] gradients) in network.Parameters)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] -= _learningRate * gradients[i];
            }
        }
    }
}
