using System.Collections;
using System.Runtime.CompilerServices;
using ClipGen.Arguments;
using ClipGen.Observing;

namespace ClipGen;

/// <content>Overloads for adaptive limits.</content>
public sealed partial class Gradients
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
    /// <param name="gradients9">Further gradients.</param>
    /// <param name="gradients10">Further gradients.</param>
    /// <param name="gradients11">Further gradients.</param>
    /// <param name="gradients12">Further gradients.</param>
    /// <param name="gradients13">Further gradients.</param>
    /// <param name="gradients14">Further gradients.</param>
    /// <param name="gradients15">Further gradients.</param>
    /// <param name="gradients16">Further gradients.</param>
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
    /// <param name="gradients9Text">Filled in by the compiler.</param>
    /// <param name="gradients10Text">Filled in by the compiler.</param>
    /// <param name="gradients11Text">Filled in by the compiler.</param>
    /// <param name="gradients12Text">Filled in by the compiler.</param>
    /// <param name="gradients13Text">Filled in by the compiler.</param>
    /// <param name="gradients14Text">Filled in by the compiler.</param>
    /// <param name="gradients15Text">Filled in by the compiler.</param>
    /// <param name="gradients16Text">Filled in by the compiler.</param>
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
        IEnumerable? gradients,
        IEnumerable? gradients2 = null,
        IEnumerable? gradients3 = null,
        IEnumerable? gradients4 = null,
        IEnumerable? gradients5 = null,
        IEnumerable? gradients6 = null,
        IEnumerable? gradients7 = null,
        IEnumerable? gradients8 = null,
        IEnumerable? gradients9 = null,
        IEnumerable? gradients10 = null,
        IEnumerable? gradients11 = null,
        IEnumerable? gradients12 = null,
        IEnumerable? gradients13 = null,
        IEnumerable? gradients14 = null,
        IEnumerable? gradients15 = null,
        IEnumerable? gradients16 = null,
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
        [CallerArgumentExpression(nameof(gradients9))] string? gradients9Text = null,
        [CallerArgumentExpression(nameof(gradients10))] string? gradients10Text = null,
        [CallerArgumentExpression(nameof(gradients11))] string? gradients11Text = null,
        [CallerArgumentExpression(nameof(gradients12))] string? gradients12Text = null,
        [CallerArgumentExpression(nameof(gradients13))] string? gradients13Text = null,
        [CallerArgumentExpression(nameof(gradients14))] string? gradients14Text = null,
        [CallerArgumentExpression(nameof(gradients15))] string? gradients15Text = null,
        [CallerArgumentExpression(nameof(gradients16))] string? gradients16Text = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null) => Clip(
        ArgumentRules.Following(limit, nonFinite),
        report,
        new ClipSite(callerFile, callerMember, null),
        [
            gradients, gradients2, gradients3, gradients4, gradients5, gradients6, gradients7, gradients8, gradients9, gradients10,
            gradients11, gradients12, gradients13, gradients14, gradients15, gradients16,
        ],
        [
            gradientsText, gradients2Text, gradients3Text, gradients4Text, gradients5Text, gradients6Text, gradients7Text, gradients8Text,
            gradients9Text, gradients10Text, gradients11Text, gradients12Text, gradients13Text, gradients14Text, gradients15Text,
            gradients16Text,
        ]);

    /// <summary>
    /// Scales the gradients of a collection expression, <c>[dW, dB]</c>, so that their common norm is at most an adaptive limit, and
    /// updates it.
    /// </summary>
    /// <param name="limit">The limit. It contains its state, so use the same object for every step.</param>
    /// <param name="gradients">The gradients. A NaN or an infinity is reported by their text and its position in them.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <param name="gradientsText">Filled in by the compiler.</param>
    /// <param name="callerFile">Filled in by the compiler.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentException">An item holds no gradients. No gradient was changed.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="limit"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipNorm(
        AdaptiveLimit limit,
        IEnumerable?[]? gradients,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerArgumentExpression(nameof(gradients))] string? gradientsText = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null) =>
        Clip(ArgumentRules.Following(limit, nonFinite), report, new ClipSite(callerFile, callerMember, null), [gradients], [gradientsText]);
}
