using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>x ← x·factor.</summary>
internal readonly struct Multiply<T>(T factor) : ITransform<T>
    where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Apply(Vector512<T> elements) => elements * Vector512.Create(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Apply(Vector256<T> elements) => elements * Vector256.Create(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<T> Apply(Vector128<T> elements) => elements * Vector128.Create(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply(T element) => element * factor;
}

/// <summary>x ← the nearest of [−limit, limit]. NaN stays NaN, because comparisons with NaN are false.</summary>
internal readonly struct Clamp<T>(T limit) : ITransform<T>
    where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Apply(Vector512<T> elements)
    {
        Vector512<T> high = Vector512.Create(limit);
        Vector512<T> low = Vector512.Create(-limit);
        Vector512<T> below = Vector512.ConditionalSelect(Vector512.GreaterThan(elements, high), high, elements);
        return Vector512.ConditionalSelect(Vector512.LessThan(elements, low), low, below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Apply(Vector256<T> elements)
    {
        Vector256<T> high = Vector256.Create(limit);
        Vector256<T> low = Vector256.Create(-limit);
        Vector256<T> below = Vector256.ConditionalSelect(Vector256.GreaterThan(elements, high), high, elements);
        return Vector256.ConditionalSelect(Vector256.LessThan(elements, low), low, below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<T> Apply(Vector128<T> elements)
    {
        Vector128<T> high = Vector128.Create(limit);
        Vector128<T> low = Vector128.Create(-limit);
        Vector128<T> below = Vector128.ConditionalSelect(Vector128.GreaterThan(elements, high), high, elements);
        return Vector128.ConditionalSelect(Vector128.LessThan(elements, low), low, below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply(T element) => element > limit ? limit : element < -limit ? -limit : element;
}
