using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// An associative reduction of a gradient to one number, for the loop in <see cref="Reduction"/>. Zero must be its identity: tails are
/// filled with it.
/// </summary>
/// <typeparam name="T">The element as the lanes see it: the gradient's own type, or the integer of its size where bits are
/// compared.</typeparam>
internal interface IReduction<T>
    where T : unmanaged
{
    /// <summary>The most elements that are reduced to one in their own precision. A multiple of four 512-bit vectors.</summary>
    static abstract int BlockLength { get; }

    /// <summary>Takes one vector of elements into the lanes.</summary>
    static abstract Vector512<T> Accumulate(Vector512<T> lanes, Vector512<T> elements);

    /// <inheritdoc cref="Accumulate(Vector512{T}, Vector512{T})"/>
    static abstract Vector256<T> Accumulate(Vector256<T> lanes, Vector256<T> elements);

    /// <summary>Combines lanes with lanes.</summary>
    static abstract Vector512<T> Combine(Vector512<T> left, Vector512<T> right);

    /// <inheritdoc cref="Combine(Vector512{T}, Vector512{T})"/>
    static abstract Vector256<T> Combine(Vector256<T> left, Vector256<T> right);

    /// <inheritdoc cref="Combine(Vector512{T}, Vector512{T})"/>
    static abstract Vector128<T> Combine(Vector128<T> left, Vector128<T> right);

    /// <summary>The value of one lane, in <see cref="double"/>.</summary>
    static abstract double Widen(T lane);

    /// <summary>Combines the results of two blocks.</summary>
    static abstract double Combine(double left, double right);

    /// <summary>Reduces more than <see cref="BlockLength"/> elements, and at most <see cref="Reduction.ChunkLength"/>.</summary>
    static abstract double ReduceChunk(ref T first, nuint length);
}
