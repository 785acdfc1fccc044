namespace ClipGen.Numerics.Traversal;

/// <summary>Collects the paths of all buffers, empty and tied ones too.</summary>
internal struct NameVisitor(GradientNames names, GradientPath path) : IGradientVisitor
{
    private readonly GradientNames _names = names;
    private readonly GradientPath _path = path;
    private NestingDepth _depth;

    public readonly void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default) =>
        _names.Add(_path.Of(name), gradient.IsEmpty);

    public void Enter(string name, string? group = null, string? parameter = null)
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
