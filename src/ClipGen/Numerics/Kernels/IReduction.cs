using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// An associative reduction of a gradient to one number, for the loop in <see cref="Reduction"/>. Zero must be its identity, because tails
/// are padded with zeros.
/// </summary>
/// <typeparam name="T">
/// The element type of the lanes: the type of the gradient, or the integer type of the same size if bits are compared.
/// </typeparam>
internal interface IReduction<T>
    where T : unmanaged
{
    /// <summary>The maximum number of elements that are reduced in their own precision. A multiple of four 512-bit vectors.</summary>
    static abstract int BlockLength { get; }

    /// <summary>Adds one vector of elements to the lanes.</summary>
    static abstract Vector512<T> Accumulate(Vector512<T> lanes, Vector512<T> elements);

    /// <inheritdoc cref="Accumulate(Vector512{T}, Vector512{T})"/>
    static abstract Vector256<T> Accumulate(Vector256<T> lanes, Vector256<T> elements);

    /// <summary>Combines two vectors of lanes.</summary>
    static abstract Vector512<T> Combine(Vector512<T> left, Vector512<T> right);

    /// <inheritdoc cref="Combine(Vector512{T}, Vector512{T})"/>
    static abstract Vector256<T> Combine(Vector256<T> left, Vector256<T> right);

    /// <inheritdoc cref="Combine(Vector512{T}, Vector512{T})"/>
    static abstract Vector128<T> Combine(Vector128<T> left, Vector128<T> right);

    /// <summary>The value of one lane as a <see cref="double"/>.</summary>
    static abstract double Widen(T lane);

    /// <summary>Combines the results of two blocks.</summary>
    static abstract double Combine(double left, double right);

    /// <summary>Reduces more than <see cref="BlockLength"/> elements, and at most <see cref="Reduction.ChunkLength"/>.</summary>
    static abstract double ReduceChunk(ref T first, nuint length);
}
