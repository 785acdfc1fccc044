using ClipGen;

namespace TemporalOrder.Tests;

/// <summary>Copies of all parameters and gradients of a network, by the names of the gradients.</summary>
internal readonly struct NamedBuffers() : IGradientVisitor
{
    private readonly Stack<string> _path = new();

    /// <summary>The parameters, in the order of the traversal.</summary>
    public OrderedDictionary<string, double[]> Parameters { get; } = [];

    /// <summary>The gradients.</summary>
    public Dictionary<string, double[]> Gradients { get; } = [];

    public static NamedBuffers Of(IGradientSource network)
    {
        var buffers = new NamedBuffers();
        network.VisitGradients(ref buffers);
        return buffers;
    }

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default)
    {
        string path = string.Join('.', _path.Reverse().Append(name));
        Parameters.Add(path, ToDoubles<T>(parameter));
        Gradients.Add(path, ToDoubles<T>(gradient));
    }

    public void Enter(string name, string? group = null, string? parameter = null) => _path.Push(name);

    public void EnterItem<TKey>(TKey key) => _path.Push($"{key}");

    public void Leave() => _path.Pop();

    private static double[] ToDoubles<T>(ReadOnlySpan<T> elements)
    {
        var values = new double[elements.Length];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(object)elements[i]!;
        return values;
    }
}
