using ClipGen.Analyzers.TrainingLoops.Events;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The order in which training events can happen: a control-flow graph that is reduced to the events.</summary>
internal sealed class EventGraph
{
    private readonly List<EventNode> _nodes = [];
    private List<EventNode>[]? _previous;
    private HashSet<(int From, int To)>? _backEdges;

    public IReadOnlyList<EventNode> Nodes => _nodes;

    public EventNode Entry => _nodes[0];

    public EventNode Exit { get; set; } = null!;

    /// <summary>The edges from the end of a loop to its beginning. Available once the graph is complete.</summary>
    public ISet<(int From, int To)> BackEdges => _backEdges ??= FindBackEdges();

    /// <summary>The predecessors of the node. Available once the graph is complete.</summary>
    public IReadOnlyList<EventNode> Previous(EventNode node) => (_previous ??= FindPrevious())[node.Index];

    public EventNode Add(TrainingEvent? found = null, Construct? construct = null)
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

    /// <summary>
    /// The graph without the nodes that have no event, begin no construct and have one successor. In a long method, most nodes are such.
    /// </summary>
    public EventGraph WithoutEmptyNodes()
    {
        var replacements = new EventNode[_nodes.Count];
        // Most edges lead to nodes that were added later, so those are replaced first.
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            EventNode node = _nodes[i];
            replacements[i] = node;
            if (node.Event is null && node.Construct is null && node != Entry && node != Exit && OnlyNext(node) is { } next)
                replacements[i] = next;
        }

        var copy = new EventGraph();
        var copies = new EventNode?[_nodes.Count];
        foreach (EventNode node in _nodes)
        {
            if (replacements[node.Index] == node)
                copies[node.Index] = copy.Add(node.Event, node.Construct);
        }

        foreach (EventNode node in _nodes)
        {
            if (copies[node.Index] is not { } from)
                continue;
            foreach (EventNode next in node.Next)
                Connect(from, copies[Last(next).Index]!);
        }

        copy.Exit = copies[Exit.Index]!;
        return copy;

        EventNode? OnlyNext(EventNode node)
        {
            EventNode? only = null;
            foreach (EventNode next in node.Next)
            {
                EventNode last = Last(next);
                if (last == node || last == only)
                    continue;
                if (only is not null)
                    return null;
                only = last;
            }

            return only;
        }

        EventNode Last(EventNode node)
        {
            // A node that has not been visited yet stands for itself.
            while (replacements[node.Index] is { } replacement && replacement != node)
            {
                replacements[node.Index] = replacements[replacement.Index] ?? replacement;
                node = replacement;
            }

            return node;
        }
    }

    private List<EventNode>[] FindPrevious()
    {
        var previous = new List<EventNode>[_nodes.Count];
        for (int i = 0; i < previous.Length; i++)
            previous[i] = new List<EventNode>(1);
        foreach (EventNode node in _nodes)
        {
            foreach (EventNode next in node.Next)
                previous[next.Index].Add(node);
        }

        return previous;
    }

    private HashSet<(int From, int To)> FindBackEdges()
    {
        var edges = new HashSet<(int From, int To)>();
        var isOnPath = new bool[_nodes.Count];
        var isSeen = new bool[_nodes.Count];
        var path = new Stack<(EventNode Node, int Next)>();
        path.Push((Entry, 0));
        isOnPath[Entry.Index] = isSeen[Entry.Index] = true;
        while (path.Count > 0)
        {
            (EventNode node, int index) = path.Pop();
            if (index == node.Next.Count)
            {
                isOnPath[node.Index] = false;
                continue;
            }

            path.Push((node, index + 1));
            EventNode next = node.Next[index];
            if (isOnPath[next.Index])
            {
                edges.Add((node.Index, next.Index));
            }
            else if (!isSeen[next.Index])
            {
                isOnPath[next.Index] = isSeen[next.Index] = true;
                path.Push((next, 0));
            }
        }

        return edges;
    }
}
