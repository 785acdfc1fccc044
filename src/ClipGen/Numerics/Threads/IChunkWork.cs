using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>What several threads do with the chunks of long gradients. Each has a copy of it.</summary>
internal interface IChunkWork
{
    /// <summary>Whether every chunk gives a sum.</summary>
    static abstract bool Sums { get; }

    /// <summary>Works on elements of one gradient.</summary>
    /// <param name="slot">The gradient.</param>
    /// <param name="start">The position of the first of the elements in the gradient.</param>
    /// <param name="gradient">The elements.</param>
    /// <param name="parameter">Those of the parameter, as many, or none.</param>
    /// <returns>The sum, where <see cref="Sums"/>.</returns>
    double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter);
}
