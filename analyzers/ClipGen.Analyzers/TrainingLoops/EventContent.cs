namespace ClipGen.Analyzers.TrainingLoops;

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
        var seen = new HashSet<BodyGraph> { body };
        var waiting = new Queue<BodyGraph>();
        waiting.Enqueue(body);
        while (waiting.Count > 0)
        {
            program.Cancellation.ThrowIfCancellationRequested();
            foreach (BodyGraph part in waiting.Dequeue().SelfAndInner())
            {
                foreach (EventNode node in part.Graph.Nodes)
                {
                    if (node.Event is not { } found)
                        continue;
                    content |= Of(found.Kind) | Of(EventExtractor.KindOf(found.Classification.Role));
                    if (found is not { Kind: EventKind.Call, Lambda: null, Method: { MethodKind: not Microsoft.CodeAnalysis.MethodKind.LocalFunction } method })
                        continue;
                    foreach (Microsoft.CodeAnalysis.IMethodSymbol candidate in program.CandidatesOf(method, found.IsVirtual))
                    {
                        if (program.GraphOf(candidate) is { } called && seen.Add(called))
                            waiting.Enqueue(called);
                    }
                }
            }
        }

        return content;
    }
}
