using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>
/// Makes the changes in the entries. Entries stay marked as clamped only if the buffer has elements beyond the limit.
/// </summary>
internal readonly struct Apply(BufferTable table) : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        ref GradientEntry entry = ref table[slot.Ordinal];
        if (entry.UnitCount > 0)
            UnitRuns.Scale(table, entry, gradient);
        else if (entry.Scale)
            GradientElements.Scale(gradient, entry.Factor);
        else if (ConfirmClamps.IsClamped(table, ref entry, gradient))
            GradientElements.Clamp(gradient, table.Rules[entry.Rule].Limit);
    }
}
