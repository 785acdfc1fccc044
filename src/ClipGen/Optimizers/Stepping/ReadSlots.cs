using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Reads what there is to keep of every parameter, and refuses what cannot be stepped.</summary>
/// <param name="table">What is kept so far.</param>
/// <param name="names">The names of the gradients.</param>
/// <param name="paths">The paths of the parameters.</param>
/// <param name="buffers">Tells which gradients are tied; null where none is.</param>
internal readonly struct ReadSlots(StateTable table, GradientNames names, GradientNames paths, BufferTable? buffers) : IGradientOperation
{
    public static bool NeedsKeys => true;

    /// <summary>What was found, with its position. Gradients that are empty or tied have none.</summary>
    internal List<(int Position, SlotState Slot)> Found { get; } = [];

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (buffers is not null && buffers[slot.Ordinal].IsTied)
            return;
        string name = names.At(slot.Position);
        string path = paths.At(slot.Position);
        ElementType type = ElementTypes.Of<T>();
        if (parameter.IsEmpty)
        {
            throw new InvalidOperationException(
                $"The gradient '{name}' has no parameter to step. Mark the parameter with [Parameter(Gradient = nameof(…))], or leave the "
                + "gradient out with [ClipIgnore]. Nothing was changed.");
        }

        if (parameter.Length != gradient.Length)
        {
            throw new InvalidOperationException(
                $"The gradient '{name}' has {gradient.Length} elements, and its parameter '{path}' has {parameter.Length}. A step needs as "
                + "many. Nothing was changed.");
        }

        if (table.Find(path) is { } kept && (kept.Length != gradient.Length || kept.Type != type))
        {
            throw new InvalidOperationException(
                $"The optimizer keeps the state of '{path}' with {kept.Length} elements of type {kept.Type}, and the parameter has "
                + $"{gradient.Length} of type {type} now. A model that has changed needs a new optimizer. Nothing was changed.");
        }

        Found.Add((slot.Position, new SlotState(path, type, gradient.Length) { Keys = slot.Keys }));
    }
}
