using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>
/// Keeps the clamp marks of buffers with elements beyond the limit, rounded to their type, and removes the others. Changes no gradient.
/// </summary>
internal readonly struct ConfirmClamps(BufferTable table) : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) =>
        IsClamped(table, ref table[slot.Ordinal], gradient);

    internal static bool IsClamped<T>(BufferTable table, ref GradientEntry entry, Span<T> gradient)
    {
        if (!entry.Clamp)
            return false;
        if (double.IsNaN(entry.Largest))
            entry.Largest = WideElements.LargestNumber(gradient);
        entry.Clamp = entry.Largest > GradientElements.RoundLimit<T>(table.Rules[entry.Rule].Limit);
        return entry.Clamp;
    }
}
