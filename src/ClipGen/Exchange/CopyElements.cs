using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>Copies a range of elements of one type from the gradients, or back.</summary>
/// <typeparam name="TElement">The type.</typeparam>
/// <param name="tied">The ordinals of gradients that are left out, because they are tied to earlier ones; null for none.</param>
/// <param name="elements">The elements.</param>
/// <param name="start">The position of the first of them among all elements of the type.</param>
/// <param name="count">The number of elements.</param>
/// <param name="writes">Whether to copy them into the gradients.</param>
/// <param name="first">The index of the first of them in <paramref name="elements"/>.</param>
internal struct CopyElements<TElement>(
    HashSet<int>? tied, TElement[] elements, long start, int count, bool writes, int first = 0)
    : IGradientOperation
{
    private readonly HashSet<int>? _tied = tied;
    private readonly TElement[] _elements = elements;
    private readonly int _count = count;
    private readonly bool _writes = writes;
    private readonly int _first = first;

    // The position of the next gradient's first element, relative to the first copied element.
    private long _offset = -start;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (typeof(T) != typeof(TElement) || _tied?.Contains(slot.Ordinal) == true)
            return;
        long offset = _offset;
        _offset += gradient.Length;
        if (_offset <= 0 || offset >= _count)
            return;
        int from = (int)Math.Max(0, -offset);
        int to = (int)Math.Min(gradient.Length, _count - offset);
        Span<TElement> here = GradientElements.Cast<T, TElement>(gradient)[from..to];
        Span<TElement> there = _elements.AsSpan((int)(_first + offset + from), to - from);
        if (_writes)
            there.CopyTo(here);
        else
            here.CopyTo(there);
    }
}
