namespace ClipGen.Optimizers;

/// <summary>
/// Adam: <c>g += λp</c>; <c>m = β₁m + (1−β₁)g</c>; <c>v = β₂v + (1−β₂)g²</c>; <c>p −= lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)</c>.
/// </summary>
/// <remarks>
/// Source: D. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015; weight decay as in PyTorch's <c>Adam</c>.
/// </remarks>
/// <param name="learningRate">The learning rate; 1e-3 by default.</param>
public sealed class Adam(double learningRate = 1e-3) : AdamOptimizer(learningRate, weightDecay: 0)
{
    private protected override bool IsDecoupled => false;
}
