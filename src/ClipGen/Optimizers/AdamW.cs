namespace ClipGen.Optimizers;

/// <summary>
/// Adam with decoupled weight decay: <c>p *= 1 − lr·λ</c>, then the step of <see cref="Adam"/> without decay. λ is 0.01 by default.
/// </summary>
/// <remarks>Source: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.</remarks>
/// <param name="learningRate">The learning rate; 1e-3 by default.</param>
public sealed class AdamW(double learningRate = 1e-3) : AdamOptimizer(learningRate, weightDecay: 1e-2)
{
    private protected override bool IsDecoupled => true;
}
