namespace ClipGen.Numerics.Walking;

/// <summary>
/// The names of a source's buffers: their paths, no two of which are equal. Read again, it allocates only where a path has changed.
/// </summary>
/// <remarks>
/// Generated code gives every buffer a path of its own where it can see what else there is. Two paths can still be equal: a base from
/// another assembly has a private member of that name, two keys of a dictionary have the same text, a source that is written by hand hands
/// over a name twice. The second of them is then named <c>_dW#2</c>, by its position among all buffers of that path. Those that hold no
/// elements count as well, so that a name does not depend on them.
/// </remarks>
internal sealed class GradientNames
{
    private readonly List<string> _paths = [];
    private List<string> _names = [];
    private int[] _positions = new int[64];
    private int _visited;

    // Whether a path is not that of the names; also after a traversal that threw.
    private bool _hasChanged;

    /// <summary>The number of buffers that hold elements, tied ones included.</summary>
    internal int Count { get; private set; }

    /// <summary>The name of the buffer that is visited as number <paramref name="ordinal"/> of those that hold elements.</summary>
    internal string this[int ordinal] => _names[_positions[ordinal]];

    /// <summary>Reads the names of all buffers.</summary>
    internal static GradientNames Of<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        var names = new GradientNames();
        names.Read(gradients, new GradientPath());
        return names;
    }

    /// <summary>Reads the paths of the parameters of all buffers.</summary>
    internal static GradientNames OfParameters<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        var names = new GradientNames();
        names.Read(gradients, new GradientPath(), ofParameters: true);
        return names;
    }

    /// <summary>The name of the buffer that is visited as number <paramref name="position"/>, empty ones included.</summary>
    internal string At(int position) => _names[position];

    /// <summary>Reads the names of all buffers, and keeps those that are as they were.</summary>
    internal void Read<TSource>(TSource gradients, GradientPath path, bool ofParameters = false)
        where TSource : IGradientSource
    {
        path.Reset();
        Count = _visited = 0;
        var visitor = new NameVisitor(this, path, ofParameters);
        gradients.VisitGradients(ref visitor);
        if (_visited < _paths.Count)
        {
            _paths.RemoveRange(_visited, _paths.Count - _visited);
            _hasChanged = true;
        }

        if (!_hasChanged)
            return;
        _names = Distinguish(_paths);
        _hasChanged = false;
    }

    /// <summary>Takes the path of the buffer that is visited now.</summary>
    internal void Add(ReadOnlySpan<char> path, bool isEmpty)
    {
        if (_visited == _paths.Count)
        {
            _paths.Add(path.ToString());
            _hasChanged = true;
        }
        else if (!path.SequenceEqual(_paths[_visited]))
        {
            _paths[_visited] = path.ToString();
            _hasChanged = true;
        }

        if (!isEmpty)
        {
            if (Count == _positions.Length)
                Array.Resize(ref _positions, 2 * Count);
            _positions[Count++] = _visited;
        }

        _visited++;
    }

    private static List<string> Distinguish(List<string> paths)
    {
        var taken = new HashSet<string>(paths, StringComparer.Ordinal);
        if (taken.Count == paths.Count)
            return paths;

        var names = new List<string>(paths.Count);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            string name = path;
            if (!numbers.TryAdd(path, 1))
            {
                int number = numbers[path];
                do
                    name = $"{path}#{++number}";
                while (!taken.Add(name));
                numbers[path] = number;
            }

            names.Add(name);
        }

        return names;
    }
}
