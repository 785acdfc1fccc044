using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Checks whether all parameters are the same as in the previous step.</summary>
/// <param name="table">The states of the parameters.</param>
/// <param name="states">The states that are needed, as a bit mask.</param>
/// <param name="buffers">Tells which gradients are tied; null if none is.</param>
internal struct CheckSlots(StateTable table, int states, BufferTable? buffers) : IGradientOperation
{
    public static bool NeedsKeys => true;

    internal bool IsAsBefore { get; private set; } = true;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (buffers is not null && buffers[slot.Ordinal].IsTied)
            return;
        if (table[slot.Position] is { } kept
            && kept.Keys == slot.Keys
            && kept.Length == gradient.Length
            && kept.Length == parameter.Length
            && kept.Type == ElementTypes.Of<T>()
            && kept.Has(states))
        {
            kept.LastRound = table.Round;
        }
        else
        {
            IsAsBefore = false;
        }
    }
}
