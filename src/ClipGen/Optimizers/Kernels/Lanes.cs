using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>A vector of the length of <see cref="Vector{T}"/>: the widest vectors of most hardware.</summary>
internal readonly struct Lanes<T>(Vector<T> elements) : ILanes<Lanes<T>, T>
    where T : unmanaged
{
    private readonly Vector<T> _elements = elements;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector<T>.Count;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> operator +(Lanes<T> left, Lanes<T> right) => new(left._elements + right._elements);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> operator -(Lanes<T> left, Lanes<T> right) => new(left._elements - right._elements);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> operator *(Lanes<T> left, Lanes<T> right) => new(left._elements * right._elements);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> operator /(Lanes<T> left, Lanes<T> right) => new(left._elements / right._elements);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> operator *(Lanes<T> left, T right) => new(left._elements * new Vector<T>(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> operator +(Lanes<T> left, T right) => new(left._elements + new Vector<T>(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> Load(ref T first, nuint index) => new(Vector.LoadUnsafe(ref first, index));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T first, nuint index) => _elements.StoreUnsafe(ref first, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Lanes<T> elements)
    {
        double sum = 0;
        for (int i = 0; i < Count; i++)
            sum += BufferUpdate.Widen(elements._elements[i]);
        return sum;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> SquareRoot(Lanes<T> elements) => new(Vector.SquareRoot(elements._elements));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> LargerOrNaN(Lanes<T> elements, Lanes<T> others)
    {
        Vector<T> isOther = Vector.LessThanOrEqual(elements._elements, others._elements);
        return new(Vector.ConditionalSelect(isOther, others._elements, elements._elements));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<T> Clamp(Lanes<T> elements, T limit)
    {
        Vector<T> high = new(limit);
        Vector<T> low = -high;
        Vector<T> below = Vector.ConditionalSelect(Vector.GreaterThan(elements._elements, high), high, elements._elements);
        return new(Vector.ConditionalSelect(Vector.LessThan(below, low), low, below));
    }
}
