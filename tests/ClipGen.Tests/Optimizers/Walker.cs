using ClipGen.Numerics.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Reads and writes the gradients and parameters of any source as doubles, through a separate traversal.</summary>
internal struct Walker(Action<string, double[], double[], ParameterOptions>? read, Func<string, int, double>? gradients,
    Func<string, int, double>? parameters = null)
    : IGradientVisitor
{
    private readonly Stack<string> _path = new();

    public static Dictionary<string, (double[] Gradient, double[] Parameter)> Read<TSource>(TSource source)
        where TSource : IGradientSource
    {
        var found = new Dictionary<string, (double[], double[])>();
        var walker = new Walker((name, gradient, parameter, _) => found.Add(name, (gradient, parameter)), null);
        source.VisitGradients(ref walker);
        return found;
    }

    public static void Fill<TSource>(TSource source, Random random, double scale = 1)
        where TSource : IGradientSource
    {
        var walker = new Walker(null, (_, _) => scale * ((2 * random.NextDouble()) - 1), (_, _) => (2 * random.NextDouble()) - 1);
        source.VisitGradients(ref walker);
    }

    public static void FillGradients<TSource>(TSource source, Random random, double scale = 1)
        where TSource : IGradientSource
    {
        var walker = new Walker(null, (_, _) => scale * ((2 * random.NextDouble()) - 1));
        source.VisitGradients(ref walker);
    }

    public readonly void Visit<T>(
        string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default)
    {
        string path = string.Join('.', _path.Reverse().Append(name));
        Write(gradient, path, gradients);
        Write(parameter, path, parameters);
        read?.Invoke(path, ToDoubles(gradient), ToDoubles(parameter), options);
    }

    public readonly void Enter(string name, string? group = null, string? parameter = null) => _path.Push(name);

    public readonly void EnterItem<TKey>(TKey key) => _path.Push($"[{key}]");

    public readonly void Leave() => _path.Pop();

    private static void Write<T>(Span<T> elements, string path, Func<string, int, double>? values)
    {
        for (int i = 0; values is not null && i < elements.Length; i++)
        {
            double value = values(path, i);
            elements[i] = typeof(T) == typeof(float)
                ? (T)(object)(float)value
                : typeof(T) == typeof(double) ? (T)(object)value : (T)(object)(Half)value;
        }
    }

    private static double[] ToDoubles<T>(Span<T> elements)
    {
        double[] values = new double[elements.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = WideElements.ToDouble(elements[i]);
        return values;
    }
}
