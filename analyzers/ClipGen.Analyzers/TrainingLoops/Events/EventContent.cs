using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Which kinds of events a piece of code holds.</summary>
[Flags]
internal enum EventContent
{
    None = 0,
    Backward = 1,
    Clip = 2,
    Step = 4,
    Reset = 8,
    DroppedClip = 16,
}

/// <summary>Counts events by kind.</summary>
internal static class EventContents
{
    public static EventContent Of(EventKind? kind) => kind switch
    {
        EventKind.Backward => EventContent.Backward,
        EventKind.Clip => EventContent.Clip,
        EventKind.Step => EventContent.Step,
        EventKind.Reset => EventContent.Reset,
        EventKind.DroppedClip => EventContent.DroppedClip,
        _ => EventContent.None,
    };

    /// <summary>What a body holds, and everything that it may call, however deep.</summary>
    public static EventContent Reachable(TrainingProgram program, BodyGraph body)
    {
        var content = EventContent.None;
        foreach (BodyGraph reached in program.ReachedFrom([body]))
        {
            foreach (EventNode node in reached.SelfAndInner().SelectMany(part => part.Graph.Nodes))
            {
                if (node.Event is { } found)
                    content |= Of(found.Kind) | Of(EventExtractor.KindOf(found.Classification.Role));
            }
        }

        return content;
    }
}
