using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>A change of every element in place, for the loop in <see cref="Transformation"/>.</summary>
internal interface ITransform<T>
    where T : unmanaged
{
    /// <summary>Computes the new elements.</summary>
    Vector512<T> Apply(Vector512<T> elements);

    /// <inheritdoc cref="Apply(Vector512{T})"/>
    Vector256<T> Apply(Vector256<T> elements);

    /// <inheritdoc cref="Apply(Vector512{T})"/>
    Vector128<T> Apply(Vector128<T> elements);

    /// <inheritdoc cref="Apply(Vector512{T})"/>
    T Apply(T element);
}
