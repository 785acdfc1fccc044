namespace TorchCharLstm;

/// <summary>One network to train.</summary>
/// <param name="Clipped">Whether its gradients are clipped.</param>
/// <param name="LearningRate">The learning rate of SGD.</param>
/// <param name="Seed">The seed of the initial weights.</param>
public sealed record Trial(bool Clipped, double LearningRate, int Seed);
