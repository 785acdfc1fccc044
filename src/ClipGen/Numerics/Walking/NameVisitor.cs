namespace ClipGen.Numerics.Walking;

/// <summary>Collects the paths of all buffers, empty and tied ones too.</summary>
/// <param name="names">Receives the paths.</param>
/// <param name="path">Where they are put together.</param>
/// <param name="ofParameters">Whether the paths are those of the parameters, as far as these have names of their own.</param>
internal struct NameVisitor(GradientNames names, GradientPath path, bool ofParameters) : IGradientVisitor
{
    private readonly GradientNames _names = names;
    private readonly GradientPath _path = path;
    private readonly bool _ofParameters = ofParameters;
    private NestingDepth _depth;

    public readonly void Visit<T>(
        string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default) =>
        _names.Add(_path.Of(_ofParameters ? options.Name ?? name : name), gradient.IsEmpty);

    public void Enter(string name, string? group = null, string? parameter = null)
    {
        _depth.Enter();
        _path.Enter(_ofParameters ? parameter ?? name : name);
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

    public readonly void EnterReplicated()
    {
    }

    public readonly void LeaveReplicated()
    {
    }
}
