using ClipGen.Numerics.Ledgers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Reads what there is to keep of every parameter, and refuses what cannot be stepped.</summary>
/// <param name="table">What is kept so far.</param>
/// <param name="names">The names of the gradients.</param>
/// <param name="paths">The paths of the parameters.</param>
/// <param name="ledger">Tells which gradients are tied; null where none is.</param>
internal struct BindVisitor(StateTable table, GradientNames names, GradientNames paths, GradientLedger? ledger) : IGradientVisitor
{
    private readonly StateTable _table = table;
    private readonly GradientNames _names = names;
    private readonly GradientNames _paths = paths;
    private readonly GradientLedger? _ledger = ledger;
    private NestingDepth _depth;
    private KeyHash _keys;
    private int _ordinal;

    /// <summary>What was found at each position; null for gradients that are empty or tied.</summary>
    internal List<SlotState?> Found { get; } = [];

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default)
    {
        int position = Found.Count;
        if (gradient.IsEmpty || (_ledger is not null && _ledger[_ordinal++].IsTied))
        {
            Found.Add(null);
            return;
        }

        string path = _paths.At(position);
        ElementType type = ElementTypes.Of<T>();
        if (parameter.IsEmpty)
        {
            throw new InvalidOperationException(
                $"The gradient '{_names.At(position)}' has no parameter to step. Mark the parameter with [Parameter(Gradient = nameof(…))], or leave the "
                + "gradient out with [ClipIgnore]. Nothing was changed.");
        }

        if (parameter.Length != gradient.Length)
        {
            throw new InvalidOperationException(
                $"The gradient '{_names.At(position)}' has {gradient.Length} elements, and its parameter '{path}' has {parameter.Length}. A step needs as "
                + "many. Nothing was changed.");
        }

        if (_table.Find(path) is { } kept && (kept.Length != gradient.Length || kept.Type != type))
        {
            throw new InvalidOperationException(
                $"The optimizer keeps the state of '{path}' with {kept.Length} elements of type {kept.Type}, and the parameter has {gradient.Length} of type "
                + $"{type} now. A model that has changed needs a new optimizer. Nothing was changed.");
        }

        Found.Add(new SlotState(path, type, gradient.Length) { Keys = _keys.Value });
    }

    public void Enter(string name, string? group = null, string? parameter = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key)
    {
        _depth.Enter();
        _keys.Add(key);
    }

    public void Leave() => _depth.Leave();
}
