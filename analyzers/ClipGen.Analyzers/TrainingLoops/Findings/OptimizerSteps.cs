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
    /// The places with steps of which it is known what happened to the gradients before. Overrides that a call can run are several steps in
    /// one place; only what is true of all of them is true of the place.
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

    /// <summary>The optimizer that a step is of, as far as it can be named.</summary>
    public static Target OptimizerOf(EventNode step) => OptimizerKey.Of(step.Event!);
}

/// <summary>The steps in one place of a body.</summary>
/// <param name="Optimizer">The steps of the optimizer in the body.</param>
/// <param name="Steps">The steps in this place: several if a call can run several methods that step.</param>
/// <param name="Before">What can have happened to the gradients before.</param>
internal sealed record StepPlace(OptimizerSteps Optimizer, IReadOnlyList<EventNode> Steps, GradientState Before);
