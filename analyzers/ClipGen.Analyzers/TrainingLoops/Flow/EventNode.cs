using ClipGen.Analyzers.TrainingLoops.Events;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>An event. A node without an event joins paths or marks the beginning of a construct.</summary>
internal sealed class EventNode(int index, TrainingEvent? found, Construct? construct)
{
    public int Index { get; } = index;

    public TrainingEvent? Event { get; } = found;

    /// <summary>The loop, condition or <c>try</c> that begins here.</summary>
    public Construct? Construct { get; } = construct;

    // Most nodes have one successor.
    public List<EventNode> Next { get; } = new(1);
}
