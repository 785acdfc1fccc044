using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>Finds the first element of one buffer that is not finite.</summary>
/// <param name="ordinal">The ordinal of the buffer.</param>
/// <param name="infinityToo">Whether to stop at infinities, not only at NaN.</param>
internal struct Locate(int ordinal, bool infinityToo) : IGradientOperation
{
    public int Index { get; private set; }

    public double Value { get; private set; }

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (slot.Ordinal != ordinal)
            return;
        Index = GradientElements.IndexOfNonFinite(gradient, infinityToo, out double value);
        Value = value;
    }
}
