using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>Sets all buffers to zero; tied ones need no care.</summary>
internal readonly struct Clear : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => gradient.Clear();
}
