using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>What one node of a body becomes in an expanded graph: itself, or the nodes of what it calls.</summary>
/// <param name="First">The node that paths enter it by.</param>
/// <param name="Last">The node that paths leave it by.</param>
/// <param name="Actions">What happens in it.</param>
/// <param name="Clips">The clips in it.</param>
internal sealed record GraphPart(EventNode First, EventNode Last, TrainingAction Actions, ImmutableArray<TrainingEvent> Clips)
{
    public static GraphPart Of(EventNode node)
    {
        // Limits of other tensors, and gradients that change their place, matter to no construct around them.
        TrainingAction action = (node.Event?.Action ?? TrainingAction.None) & ~(TrainingAction.TensorLimit | TrainingAction.Transfer);
        return new GraphPart(node, node, action,
            action == TrainingAction.Clip ? ImmutableArray.Create(node.Event!) : ImmutableArray<TrainingEvent>.Empty);
    }

    public static GraphPart Join(EventNode first, EventNode last, GraphPart[] parts)
    {
        TrainingAction actions = TrainingAction.None;
        ImmutableArray<TrainingEvent>.Builder? clips = null;
        foreach (GraphPart part in parts)
        {
            actions |= part.Actions;
            if (part.Clips.Length > 0)
                (clips ??= ImmutableArray.CreateBuilder<TrainingEvent>()).AddRange(part.Clips);
        }

        return new GraphPart(first, last, actions, clips?.ToImmutable() ?? ImmutableArray<TrainingEvent>.Empty);
    }
}
