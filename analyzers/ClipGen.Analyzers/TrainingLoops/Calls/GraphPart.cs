using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>The part of an expanded graph that replaces one node of a body: the node itself, or the nodes of the called methods.</summary>
/// <param name="First">The node where paths enter.</param>
/// <param name="Last">The node where paths leave.</param>
/// <param name="Actions">The actions in the part.</param>
/// <param name="Clips">The clips in the part.</param>
internal sealed record GraphPart(EventNode First, EventNode Last, TrainingAction Actions, ImmutableArray<TrainingEvent> Clips)
{
    public static GraphPart Of(EventNode node)
    {
        // Limits of other tensors and transferred gradients do not matter to the constructs around them.
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
