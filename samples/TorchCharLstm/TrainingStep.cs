namespace TorchCharLstm;

/// <summary>One training step.</summary>
/// <param name="Loss">The mean cross-entropy of the predictions, in nats a character.</param>
/// <param name="GradientNorm">The norm of all gradients before clipping.</param>
/// <param name="Clipped">Whether they were scaled down.</param>
public readonly record struct TrainingStep(double Loss, double GradientNorm, bool Clipped);
