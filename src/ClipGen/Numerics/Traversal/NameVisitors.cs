using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Traversal;

/// <summary>Collects the paths of all buffers, tied ones too.</summary>
internal struct NameVisitor() : IGradientVisitor
{
    private readonly GradientPath _path = new();
    private NestingDepth _depth;

    public List<string> Names { get; } = [];

    public readonly void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (!gradient.IsEmpty)
            Names.Add(_path.Of(name));
    }

    public void Enter(string name, string? group = null)
    {
        _depth.Enter();
        _path.Enter(name);
    }

    public void EnterItem<TKey>(TKey key)
    {
        _depth.Enter();
        _path.EnterItem(key);
    }

    public void Leave()
    {
        _path.Leave();
        _depth.Leave();
    }
}

/// <summary>Finds the path of one buffer, and in it the first element that is not finite.</summary>
/// <param name="ordinal">The buffer's number.</param>
/// <param name="infinityToo">Whether to stop at infinities, not only at NaN.</param>
internal struct LocateVisitor(int ordinal, bool infinityToo) : IGradientVisitor
{
    private readonly GradientPath _path = new();
    private readonly int _wanted = ordinal;
    private readonly bool _infinityToo = infinityToo;
    private int _ordinal;

    public string? Name { get; private set; }

    public int Index { get; private set; }

    public double Value { get; private set; }

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (gradient.IsEmpty || _ordinal++ != _wanted)
            return;
        Name = _path.Of(name);
        Index = GradientElements.IndexOfNonFinite(gradient, _infinityToo, out double value);
        Value = value;
    }

    public readonly void Enter(string name, string? group = null) => _path.Enter(name);

    public readonly void EnterItem<TKey>(TKey key) => _path.EnterItem(key);

    public readonly void Leave() => _path.Leave();
}
