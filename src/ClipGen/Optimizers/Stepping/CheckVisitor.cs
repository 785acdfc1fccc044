using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Ledgers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Whether all parameters are those of the step before.</summary>
internal struct CheckVisitor(StateTable table, int states, GradientLedger? ledger) : IGradientVisitor
{
    private readonly StateTable _table = table;
    private readonly GradientLedger? _ledger = ledger;
    private readonly int _states = states;
    private NestingDepth _depth;
    private KeyHash _keys;
    private int _ordinal;
    private int _position;

    internal bool IsAsBefore { get; private set; } = true;

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default)
    {
        GradientElements.ThrowIfUnsupported<T>();
        int position = _position++;
        if (gradient.IsEmpty || (_ledger is not null && _ledger[_ordinal++].IsTied))
            return;
        if (_table[position] is { } slot
            && slot.Keys == _keys.Value
            && slot.Length == gradient.Length
            && slot.Length == parameter.Length
            && slot.Type == ElementTypes.Of<T>()
            && slot.Has(_states))
        {
            slot.LastRound = _table.Round;
        }
        else
        {
            IsAsBefore = false;
        }
    }

    public void Enter(string name, string? group = null, string? parameter = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key)
    {
        _depth.Enter();
        _keys.Add(key);
    }

    public void Leave() => _depth.Leave();
}
