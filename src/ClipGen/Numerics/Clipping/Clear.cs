using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>Sets all buffers to zero. Tied buffers need no special treatment.</summary>
internal readonly struct Clear : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => gradient.Clear();
}
