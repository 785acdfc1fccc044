using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Reads the properties of every parameter that the optimizer keeps, and throws if a parameter cannot be stepped.</summary>
/// <param name="table">The states kept so far.</param>
/// <param name="names">The names of the gradients.</param>
/// <param name="paths">The paths of the parameters.</param>
/// <param name="buffers">Tells which gradients are tied; null if none is.</param>
internal readonly struct ReadSlots(StateTable table, GradientNames names, GradientNames paths, BufferTable? buffers) : IGradientOperation
{
    public static bool NeedsKeys => true;

    /// <summary>The states found and their positions. Empty and tied gradients have none.</summary>
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
                $"The gradient '{name}' has no parameter. Mark the parameter with [Parameter(Gradient = nameof(…))], or leave the "
                + "gradient out with [ClipIgnore]. Nothing was changed.");
        }

        if (parameter.Length != gradient.Length)
        {
            throw new InvalidOperationException(
                $"The gradient '{name}' has {gradient.Length} elements, but its parameter '{path}' has {parameter.Length}. A step needs "
                + "equal numbers. Nothing was changed.");
        }

        if (table.Find(path) is { } kept && (kept.Length != gradient.Length || kept.Type != type))
        {
            throw new InvalidOperationException(
                $"The optimizer keeps the state of '{path}' with {kept.Length} elements of type {kept.Type}, but the parameter has "
                + $"{gradient.Length} of type {type} now. A model that has changed needs a new optimizer. Nothing was changed.");
        }

        Found.Add((slot.Position, new SlotState(path, type, gradient.Length) { Keys = slot.Keys }));
    }
}
