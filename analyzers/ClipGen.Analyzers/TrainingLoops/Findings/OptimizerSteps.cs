using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>The steps of one optimizer in one body, and the states of its gradients there.</summary>
internal sealed class OptimizerSteps(ExpandedBody expanded, OptimizerKey key, WorkCount work)
{
    private const GradientState Known =
        GradientState.AnyClipped | GradientState.Pending | GradientState.SteppedUnclipped | GradientState.AnyDiscarded;

    public ExpandedBody Expanded { get; } = expanded;

    public OptimizerKey Key { get; } = key;

    public StepFlow Flow { get; } = new(expanded.Graph, key, work);

    /// <summary>
    /// The places whose steps have known states of the gradients before them. If a call can run several overrides, one place has several
    /// steps. Only what holds for all of them is reported.
    /// </summary>
    public IEnumerable<StepPlace> KnownPlaces(IEnumerable<EventNode> steps)
    {
        foreach (IGrouping<SyntaxNode, EventNode> place in steps.GroupBy(step => step.Event!.Site))
        {
            GradientState before = place.Aggregate(GradientState.Unreached, (state, step) => state | Flow.Before(step));
            if ((before & Known) != 0)
                yield return new StepPlace(this, [.. place], before);
        }
    }

    /// <summary>The stepped optimizer, as far as it can be named.</summary>
    public static Target OptimizerOf(EventNode step) => OptimizerKey.Of(step.Event!);
}

/// <summary>The steps at one place of a body.</summary>
/// <param name="Optimizer">The steps of the optimizer in the body.</param>
/// <param name="Steps">The steps at this place: several if a call can run several methods that step.</param>
/// <param name="Before">The possible states of the gradients before the steps.</param>
internal sealed record StepPlace(OptimizerSteps Optimizer, IReadOnlyList<EventNode> Steps, GradientState Before)
{
    /// <summary>Whether a step is on a path. The updates in a method whose call counts as the step are on none.</summary>
    public bool IsReached(EventNode step) => Optimizer.Flow.Before(step) != GradientState.Unreached;
}
