using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// The operations of <see cref="GradientOperations"/> for models with adaptive limits. Generated code calls them.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AdaptiveGradients
{
    /// <summary>Clips the gradients and updates the adaptive limits.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="state">The state of the adaptive limits.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    /// <inheritdoc cref="GradientOperations.Clip{TSource}(TSource, ReadOnlySpan{ClipRule})" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipState state)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules));
    }

    /// <summary>
    /// Clips with a fixed limit instead of the declared limit for all gradients. If there is none, it replaces every limit.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="limit">The limit. An adaptive limit that it replaces is not updated.</param>
    /// <param name="state">The state of the adaptive limits.</param>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, double limit, ClipState state)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules, limit));
    }

    /// <summary>Clips the gradients, updates the adaptive limits, and reports the result for every limit and gradient.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="state">The state of the adaptive limits.</param>
    /// <param name="report">Receives the results.</param>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipState state, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules), report);
    }

    /// <summary>
    /// Clips with a fixed limit instead of the declared limit for all gradients, and reports the result for every limit and gradient. If no
    /// limit is declared for all gradients, the fixed limit replaces every limit.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="limit">The limit. An adaptive limit that it replaces is not updated.</param>
    /// <param name="state">The state of the adaptive limits.</param>
    /// <param name="report">Receives the results.</param>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult Clip<TSource>(
        TSource gradients, ReadOnlySpan<ClipRule> rules, double limit, ClipState state, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(state);
        return GradientOperations.Clip(gradients, state.Bind(rules, limit), report);
    }

    /// <summary>
    /// Does the same as <see cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>, faster, for a model whose gradients share
    /// no memory.
    /// </summary>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule}, ClipState)"/>
    public static ClipResult ClipUntied<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipState state)
        where TSource : struct, IUntiedSource
    {
        ArgumentNullException.ThrowIfNull(state);
        ReadOnlySpan<ClipRule> bound = state.Bind(rules);
        return bound is [{ Group: null }] ? UntiedGradients.Clip(gradients, bound[0]) : GradientOperations.Clip(gradients, bound);
    }
}
