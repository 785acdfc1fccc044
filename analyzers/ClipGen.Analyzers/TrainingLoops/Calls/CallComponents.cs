using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Flow;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>
/// Finds the components of the call graph by Tarjan's algorithm. It uses an explicit stack, because calls and cycles can be thousands of
/// methods deep. The nodes of the graph are bodies and choices of overrides, so that n calls of n overrides are 2n edges.
/// </summary>
internal sealed class CallComponents(WorkCount work)
{
    private readonly ConcurrentDictionary<object, CallComponent> _known = new();
    private readonly object _search = new();

    /// <summary>The component of a <see cref="BodyGraph"/> or of <see cref="Callees"/>.</summary>
    public CallComponent Of(object node, CallGraph calls)
    {
        // Most components are cached, and every followed call requests one.
        if (_known.TryGetValue(node, out CallComponent? component))
            return component;
        lock (_search)
        {
            return _known.TryGetValue(node, out component) ? component : Find(node, calls);
        }
    }

    private CallComponent Find(object start, CallGraph calls)
    {
        // A cancelled search leaves only complete components.
        var visits = new Dictionary<object, Visit>();
        var open = new Stack<Visit>();
        var path = new Stack<Visit>();
        Begin(start);
        while (path.Count > 0)
        {
            Visit visit = path.Peek();
            if (visit.Next < visit.Called.Count)
            {
                work.Add(1);
                object called = visit.Called[visit.Next++];
                if (_known.ContainsKey(called))
                    continue;
                if (visits.TryGetValue(called, out Visit? earlier))
                    visit.Lowest = Math.Min(visit.Lowest, earlier.Index);
                else
                    Begin(called);
                continue;
            }

            path.Pop();
            if (path.Count > 0)
                path.Peek().Lowest = Math.Min(path.Peek().Lowest, visit.Lowest);
            if (visit.Lowest == visit.Index)
                Close(visit, open);
        }

        return _known[start];

        void Begin(object node)
        {
            var visit = new Visit(node, visits.Count, CalledFrom(node, calls));
            visits.Add(node, visit);
            open.Push(visit);
            path.Push(visit);
        }
    }

    /// <summary>Creates a component from all visits since the given one.</summary>
    private void Close(Visit first, Stack<Visit> open)
    {
        var members = new List<Visit>();
        do
            members.Add(open.Pop());
        while (members[members.Count - 1] != first);

        var called = new HashSet<CallComponent>();
        foreach (object node in members.SelectMany(member => member.Called))
        {
            if (_known.TryGetValue(node, out CallComponent? other))
                called.Add(other);
        }

        var component = new CallComponent(
            [.. members.Select(member => member.Node).OfType<BodyGraph>()], [.. members.Select(member => member.Node).OfType<Callees>()],
            called);
        foreach (Visit member in members)
            _known.TryAdd(member.Node, component);
    }

    private static IReadOnlyList<object> CalledFrom(object node, CallGraph calls) => node is BodyGraph body
        ? [.. calls.CallsIn(body).Distinct()]
        : [.. ((Callees)node).All.Select(callee => callee.Graph).OfType<BodyGraph>()];

    private sealed class Visit(object node, int index, IReadOnlyList<object> called)
    {
        public object Node { get; } = node;

        public int Index { get; } = index;

        public IReadOnlyList<object> Called { get; } = called;

        /// <summary>The index of the next of <see cref="Called"/>.</summary>
        public int Next { get; set; }

        /// <summary>The lowest index that is reachable from here and not in a component yet.</summary>
        public int Lowest { get; set; } = index;
    }
}
