namespace ClipGen.Numerics.Walking;

/// <summary>
/// The names of a source's buffers: their paths, made unique. A second read allocates only for paths that have changed.
/// </summary>
/// <remarks>
/// Generated code gives every buffer a unique path where it can. Paths can still be equal: a base class in another assembly may have a
/// private member of the same name, two keys of a dictionary may have the same text, and a hand-written source may pass a name twice. The
/// second such buffer is named <c>_dW#2</c>, by its position among all buffers with that path. Empty buffers count too, so that a name does
/// not depend on which buffers are empty.
/// </remarks>
internal sealed class GradientNames
{
    private readonly List<string> _paths = [];
    private List<string> _names = [];
    private int[] _positions = new int[64];
    private int _visited;

    // Whether a path differs from the known names. Also true after a traversal that threw.
    private bool _hasChanged;

    /// <summary>The number of buffers with elements, including tied ones.</summary>
    internal int Count { get; private set; }

    /// <summary>The name of the buffer with the number <paramref name="ordinal"/> among the buffers with elements.</summary>
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

    /// <summary>The name of the buffer with the number <paramref name="position"/> among all buffers.</summary>
    internal string At(int position) => _names[position];

    /// <summary>Reads the names of all buffers, and reuses those that have not changed.</summary>
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

    /// <summary>Adds the path of the current buffer.</summary>
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
