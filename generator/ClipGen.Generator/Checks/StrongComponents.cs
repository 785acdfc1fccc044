namespace ClipGen.Generator.Checks;

/// <summary>The strongly connected components of a graph, by Tarjan's algorithm (SIAM J. Computing 1, 1972), without recursion.</summary>
internal static class StrongComponents
{
    public static List<List<T>> Find<T>(IEnumerable<T> nodes, Func<T, IEnumerable<T>> next)
        where T : class
    {
        var components = new List<List<T>>();
        var states = new Dictionary<T, State>();
        var open = new Stack<T>();
        foreach (T node in nodes)
        {
            if (!states.ContainsKey(node))
            {
                Visit(node);
            }
        }

        return components;

        void Visit(T root)
        {
            var path = new Stack<(T Node, IEnumerator<T> Next)>();
            Enter(root);
            while (path.Count > 0)
            {
                (T node, IEnumerator<T> targets) = path.Peek();
                if (targets.MoveNext())
                {
                    if (!states.TryGetValue(targets.Current, out State? target))
                    {
                        Enter(targets.Current);
                    }
                    else if (target.IsOpen)
                    {
                        states[node].Low = Math.Min(states[node].Low, target.Number);
                    }

                    continue;
                }

                path.Pop();
                State state = states[node];
                if (path.Count > 0)
                {
                    State parent = states[path.Peek().Node];
                    parent.Low = Math.Min(parent.Low, state.Low);
                }

                if (state.Low == state.Number)
                {
                    Close(node);
                }
            }

            void Enter(T node)
            {
                states.Add(node, new State(states.Count));
                open.Push(node);
                path.Push((node, next(node).GetEnumerator()));
            }
        }

        void Close(T root)
        {
            var component = new List<T>();
            T node;
            do
            {
                node = open.Pop();
                states[node].IsOpen = false;
                component.Add(node);
            }
            while (node != root);

            components.Add(component);
        }
    }

    private sealed class State(int number)
    {
        public int Number { get; } = number;

        public int Low { get; set; } = number;

        public bool IsOpen { get; set; } = true;
    }
}
