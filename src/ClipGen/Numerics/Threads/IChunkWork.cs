using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>An operation of several threads on the chunks of long gradients. Each thread has a copy of it.</summary>
internal interface IChunkWork
{
    /// <summary>Whether every chunk returns a sum.</summary>
    static abstract bool Sums { get; }

    /// <summary>Processes some elements of one gradient.</summary>
    /// <param name="slot">The gradient.</param>
    /// <param name="start">The position of the first of the elements in the gradient.</param>
    /// <param name="gradient">The elements.</param>
    /// <param name="parameter">The elements of the parameter, as many, or none.</param>
    /// <returns>The sum, if <see cref="Sums"/> is true.</returns>
    double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter);
}
