using System.Runtime.CompilerServices;
using ClipGen.Arguments;
using ClipGen.Observing;

namespace ClipGen;

/// <content>Overloads for adaptive limits.</content>
public abstract partial class SpanGradients
{
    /// <summary>Scales the gradients so that their common norm is at most an adaptive limit, and updates the limit.</summary>
    /// <param name="limit">The limit. It contains its state, so use the same object for every step.</param>
    /// <param name="gradients">
    /// The gradients. A NaN or an infinity is reported by the text of its argument, and by its position in a sequence: <c>dWs[3]</c>.
    /// </param>
    /// <param name="gradients2">Further gradients.</param>
    /// <param name="gradients3">Further gradients.</param>
    /// <param name="gradients4">Further gradients.</param>
    /// <param name="gradients5">Further gradients.</param>
    /// <param name="gradients6">Further gradients.</param>
    /// <param name="gradients7">Further gradients.</param>
    /// <param name="gradients8">Further gradients.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <param name="gradientsText">Filled in by the compiler.</param>
    /// <param name="gradients2Text">Filled in by the compiler.</param>
    /// <param name="gradients3Text">Filled in by the compiler.</param>
    /// <param name="gradients4Text">Filled in by the compiler.</param>
    /// <param name="gradients5Text">Filled in by the compiler.</param>
    /// <param name="gradients6Text">Filled in by the compiler.</param>
    /// <param name="gradients7Text">Filled in by the compiler.</param>
    /// <param name="gradients8Text">Filled in by the compiler.</param>
    /// <param name="callerFile">Filled in by the compiler.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentException">An argument, or an item of one, holds no gradients. No gradient was changed.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="limit"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipNorm(
        AdaptiveLimit limit,
        in GradientArgument gradients,
        in GradientArgument gradients2 = default,
        in GradientArgument gradients3 = default,
        in GradientArgument gradients4 = default,
        in GradientArgument gradients5 = default,
        in GradientArgument gradients6 = default,
        in GradientArgument gradients7 = default,
        in GradientArgument gradients8 = default,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerArgumentExpression(nameof(gradients))] string? gradientsText = null,
        [CallerArgumentExpression(nameof(gradients2))] string? gradients2Text = null,
        [CallerArgumentExpression(nameof(gradients3))] string? gradients3Text = null,
        [CallerArgumentExpression(nameof(gradients4))] string? gradients4Text = null,
        [CallerArgumentExpression(nameof(gradients5))] string? gradients5Text = null,
        [CallerArgumentExpression(nameof(gradients6))] string? gradients6Text = null,
        [CallerArgumentExpression(nameof(gradients7))] string? gradients7Text = null,
        [CallerArgumentExpression(nameof(gradients8))] string? gradients8Text = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null) => Run(
            ArgumentRules.Following(limit, nonFinite),
            clips: true,
            report,
            new ClipSite(callerFile, callerMember, null),
            gradients, gradients2, gradients3, gradients4, gradients5, gradients6, gradients7, gradients8,
            gradientsText, gradients2Text, gradients3Text, gradients4Text, gradients5Text, gradients6Text, gradients7Text,
            gradients8Text);

    /// <summary>
    /// Scales the gradients of a source so that their common norm is at most an adaptive limit, and updates it. Limits that the source
    /// declares are ignored.
    /// </summary>
    /// <param name="limit">The limit. It contains its state, so use the same object for every step.</param>
    /// <param name="gradients">The source. A NaN or an infinity is reported by its path in it: <c>_layers[3]._dBias</c>.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="limit"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipNorm(
        AdaptiveLimit limit,
        IGradientSource gradients,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        return ArgumentRules.Clip(gradients, ArgumentRules.Following(limit, nonFinite), report);
    }
}
