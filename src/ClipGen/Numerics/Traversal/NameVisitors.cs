using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Traversal;

/// <summary>Collects the paths of all buffers, empty and tied ones too.</summary>
internal struct NameVisitor(GradientNames names, GradientPath path) : IGradientVisitor
{
    private readonly GradientNames _names = names;
    private readonly GradientPath _path = path;
    private NestingDepth _depth;

    public readonly void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null) =>
        _names.Add(_path.Of(name), gradient.IsEmpty);

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

/// <summary>Finds the first element of one buffer that is not finite.</summary>
/// <param name="ordinal">The buffer's number.</param>
/// <param name="infinityToo">Whether to stop at infinities, not only at NaN.</param>
internal struct LocateVisitor(int ordinal, bool infinityToo) : IGradientVisitor
{
    private readonly int _wanted = ordinal;
    private readonly bool _infinityToo = infinityToo;
    private NestingDepth _depth;
    private int _ordinal;

    public int Index { get; private set; }

    public double Value { get; private set; }

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (gradient.IsEmpty || _ordinal++ != _wanted)
            return;
        Index = GradientElements.IndexOfNonFinite(gradient, _infinityToo, out double value);
        Value = value;
    }

    public void Enter(string name, string? group = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    public void Leave() => _depth.Leave();
}
