using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>Measures the marked buffers again, in <see cref="double"/> and divided by the largest magnitude.</summary>
/// <param name="table">The entries.</param>
/// <param name="order">The order of every sum; NaN for the order of each buffer's rule.</param>
internal readonly struct Refine(BufferTable table, double order) : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        ref GradientEntry entry = ref table[slot.Ordinal];
        if (!entry.NeedsRefinement)
            return;
        entry.NeedsRefinement = false;
        entry.Largest = GradientElements.LargestMagnitude(gradient);
        double own = double.IsNaN(order) ? table.Rules[entry.Rule].NormType : order;
        if (entry.Largest > 0 && double.IsFinite(entry.Largest))
            entry.ScaledSum = double.IsPositiveInfinity(own) ? 1 : WideElements.SumOfScaledPowers(gradient, entry.Largest, own);
    }
}
