using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>A clip of the gradients of a model, compiled for its source.</summary>
internal interface IModelClip
{
    /// <summary>Clips.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="isUntied">Whether the compiler has verified that no two gradients share memory.</param>
    /// <param name="report">Receives the results, or null.</param>
    ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
        where TSource : IGradientSource;
}
