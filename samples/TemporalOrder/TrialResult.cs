namespace TemporalOrder;

/// <summary>The result of a trial.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Steps">The number of optimizer steps.</param>
/// <param name="ClippedSteps">The number of steps whose gradients were scaled down.</param>
/// <param name="GradientNorms">The global L2 norm of the gradients at each step, before clipping.</param>
public sealed record TrialResult(Trial Trial, TrialOutcome Outcome, int Steps, int ClippedSteps, IReadOnlyList<float> GradientNorms)
{
    /// <summary>Whether the network has learned the task.</summary>
    public bool Solved => Outcome == TrialOutcome.Solved;

    /// <summary>The largest gradient norm of all steps, before clipping; 0 if there was none.</summary>
    public double LargestNorm => GradientNorms.Count == 0 ? 0 : GradientNorms.Max();
}
