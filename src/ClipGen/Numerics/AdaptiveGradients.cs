using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// Those of <see cref="GradientOperations"/> for models some of whose limits follow the gradients. Generated code calls them.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AdaptiveGradients
{
    /// <summary>Clips, and lets the limits learn from what was found.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="state">What they have learned.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    /// <inheritdoc cref="GradientOperations.Clip{TSource}(TSource, ReadOnlySpan{ClipRule})" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipState state)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules));
    }

    /// <summary>Clips with a fixed limit in the place of the one for all gradients, or, where there is none, of every one.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="limit">The limit. A limit that it replaces does not learn.</param>
    /// <param name="state">What they have learned.</param>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, double limit, ClipState state)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules, limit));
    }

    /// <summary>Clips, lets the limits learn from what was found, and tells of every limit and gradient what was found and done.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="state">What they have learned.</param>
    /// <param name="report">Receives it.</param>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipState state, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules), report);
    }

    /// <summary>
    /// Clips with a fixed limit in the place of the one for all gradients, or, where there is none, of every one, and tells of every limit
    /// and gradient what was found and done.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="limit">The limit. A limit that it replaces does not learn.</param>
    /// <param name="state">What they have learned.</param>
    /// <param name="report">Receives it.</param>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult Clip<TSource>(
        TSource gradients, ReadOnlySpan<ClipRule> rules, double limit, ClipState state, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules, limit), report);
    }

    /// <summary>As the method without the word, where the compiler saw that no two gradients share memory.</summary>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult ClipUntied<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipState state)
        where TSource : struct, IUntiedSource
    {
        ArgumentNullException.ThrowIfNull(state);
        ReadOnlySpan<ClipRule> bound = state.Bind(rules);
        return bound is [{ Group: null }] ? UntiedGradients.Clip(gradients, bound[0]) : GradientOperations.Clip(gradients, bound);
    }
}
