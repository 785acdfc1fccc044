using ClipGen.Analyzers.TrainingLoops.Events;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The order in which training events can happen: a control-flow graph of which only the events are left.</summary>
internal sealed class EventGraph
{
    private readonly List<EventNode> _nodes = [];

    public IReadOnlyList<EventNode> Nodes => _nodes;

    public EventNode Entry => _nodes[0];

    public EventNode Exit { get; set; } = null!;

    public EventNode Add(TrainingEvent? found = null, SyntaxNode? construct = null)
    {
        var node = new EventNode(_nodes.Count, found, construct);
        _nodes.Add(node);
        return node;
    }

    public static void Connect(EventNode from, EventNode to)
    {
        if (!from.Next.Contains(to))
            from.Next.Add(to);
    }
}

/// <summary>One event, or none: a node that only joins paths, or marks where a loop or a condition begins.</summary>
internal sealed class EventNode(int index, TrainingEvent? found, SyntaxNode? construct)
{
    public int Index { get; } = index;

    public TrainingEvent? Event { get; } = found;

    /// <summary>The loop, condition or <c>try</c> that begins here.</summary>
    public SyntaxNode? Construct { get; } = construct;

    public List<EventNode> Next { get; } = [];
}
