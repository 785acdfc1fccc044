namespace TemporalOrder;

/// <summary>What came of a trial.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Steps">The optimizer steps until then.</param>
/// <param name="ClippedSteps">How many of them had their gradients scaled down.</param>
/// <param name="GradientNorms">The global L2 norm of the gradients at each step, before clipping.</param>
public sealed record TrialResult(Trial Trial, TrialOutcome Outcome, int Steps, int ClippedSteps, IReadOnlyList<float> GradientNorms)
{
    /// <summary>Whether the network has learned the task.</summary>
    public bool Solved => Outcome == TrialOutcome.Solved;

    /// <summary>The largest gradient norm of all steps, before clipping; 0 if there was none.</summary>
    public double LargestNorm => GradientNorms.Count == 0 ? 0 : GradientNorms.Max();
}
