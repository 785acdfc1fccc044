namespace TorchCharLstm;

/// <summary>The result of a trial.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Steps">All steps. A run whose loss is no longer finite ends early.</param>
/// <param name="ClosingTags">The share of the letters in closing tags of a fresh text that the network predicts right.</param>
/// <param name="Sample">Text that the network wrote; empty if none was requested.</param>
public sealed record TrialResult(Trial Trial, IReadOnlyList<TrainingStep> Steps, double ClosingTags, string Sample)
{
    /// <summary>The perplexity over the last 50 steps.</summary>
    public double Perplexity => Math.Exp(Steps.TakeLast(50).Average(step => step.Loss));
}
