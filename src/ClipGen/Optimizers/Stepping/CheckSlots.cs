using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Whether all parameters are those of the step before.</summary>
/// <param name="table">What is kept of them.</param>
/// <param name="states">The states that are needed: a bit for each.</param>
/// <param name="buffers">Tells which gradients are tied; null where none is.</param>
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
