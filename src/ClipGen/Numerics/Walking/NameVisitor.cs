namespace ClipGen.Numerics.Walking;

/// <summary>Collects the paths of all buffers, including empty and tied ones.</summary>
/// <param name="names">Receives the paths.</param>
/// <param name="path">The buffer in which a path is composed.</param>
/// <param name="ofParameters">
/// Whether to collect the paths of the parameters instead. A parameter without its own name has the gradient's path.
/// </param>
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
