using System.Collections;
using System.Runtime.CompilerServices;
using ClipGen.Arguments;
using ClipGen.Numerics;
using ClipGen.Observing;

namespace ClipGen;

/// <summary>
/// Clips gradients that no attribute declares: in local variables, return values or types of other assemblies. If the model can declare its
/// gradients, prefer <see cref="ClipGradNormAttribute"/>: the compiler then checks what is clipped.
/// </summary>
/// <remarks>
/// <para>
/// An argument is an array of any rank, or a <see cref="Span{T}"/>, <see cref="Memory{T}"/>, <see cref="ArraySegment{T}"/>,
/// <see cref="List{T}"/> or tensor, with elements of type <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>. It can also be a
/// list, dictionary or other sequence of these or of <see cref="IGradientSource"/> objects, with any nesting. One call accepts arguments of
/// different forms and element types: up to 16, or up to 8 if a <see cref="Span{T}"/> or <see cref="Memory{T}"/> is among them. Pass more
/// in an array or a list.
/// </para>
/// <para>
/// <see langword="null"/> and empty buffers are skipped. A buffer that is passed twice counts once and is scaled once. Buffers that overlap
/// in another way cause an <see cref="InvalidOperationException"/>. The norm has the same bits as the norm of an annotated model that
/// visits the same buffers in the same order, unless the model's generated code is unrolled because the compiler knows the lengths.
/// </para>
/// <para>
/// A sequence is enumerated once per call. Its buffers are clipped in place, so it must return the gradients themselves, not copies.
/// </para>
/// <para>
/// Arrays, arrays of arrays and lists of arrays allocate nothing after the first calls on a thread. Several threads may clip different
/// gradients at the same time.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// ClipResult result = Gradients.ClipNorm(1.0, weightGradients, biasGradients);
/// </code>
/// </example>
public sealed partial class Gradients : SpanGradients
{
    /// <summary>The largest number of arguments.</summary>
    internal const int MaximumArguments = 16;

    private Gradients()
    {
    }

    /// <summary>
    /// Clips a model by its declared limits, for code that only has a base type or an interface of the model. Does the same as
    /// <c>((IClippable)model).ClipGradients()</c>, but the error names the type if the object is not a model.
    /// </summary>
    /// <param name="model">An object whose class has a clip attribute, such as <see cref="ClipGradNormAttribute"/>.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> does not implement <see cref="IClippable"/>.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult Clip(object model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model is IClippable clippable
            ? clippable.ClipGradients()
            : throw new ArgumentException(DescribeUnclippable(model), nameof(model));
    }

    /// <summary>Scales the gradients so that their common norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
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
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it. PyTorch uses 1e-6.</param>
    /// <param name="scope">Whether one norm covers all gradients or each buffer has its own norm.</param>
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
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. No gradient was changed.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipNorm(
        double maxNorm,
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
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
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
        ArgumentRules.Norm(maxNorm, normType, scope, nonFinite, epsilon),
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
    /// Scales the gradients of a collection expression, <c>[dW, dB]</c>, so that their common norm is at most <paramref name="maxNorm"/>.
    /// </summary>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
    /// <param name="gradients">The gradients. A NaN or an infinity is reported by their text and its position in them.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it. PyTorch uses 1e-6.</param>
    /// <param name="scope">Whether one norm covers all gradients or each buffer has its own norm.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <param name="gradientsText">Filled in by the compiler.</param>
    /// <param name="callerFile">Filled in by the compiler.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentException">An item holds no gradients. No gradient was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. No gradient was changed.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipNorm(
        double maxNorm,
        IEnumerable?[]? gradients,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        ClipReport? report = null,
        [CallerArgumentExpression(nameof(gradients))] string? gradientsText = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null) =>
        Clip(
            ArgumentRules.Norm(maxNorm, normType, scope, nonFinite, epsilon),
            report,
            new ClipSite(callerFile, callerMember, null),
            [gradients],
            [gradientsText]);

    /// <summary>
    /// Clamps every element of the gradients to ±<paramref name="clipValue"/>. Infinities become ±<paramref name="clipValue"/>; NaN stays
    /// NaN.
    /// </summary>
    /// <param name="clipValue">The limit for the magnitude of each element; greater than zero.</param>
    /// <param name="gradients">
    /// The gradients. A NaN is reported by the text of its argument, and by its position in a sequence: <c>dWs[3]</c>.
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
    /// <param name="nonFinite">What to do when a gradient holds a NaN.</param>
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
    /// <returns>The L2 norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentException">An argument, or an item of one, holds no gradients. No gradient was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="clipValue"/> is not greater than zero. No gradient was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipValue(
        double clipValue,
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
        ArgumentRules.Value(clipValue, nonFinite),
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
    /// Clamps every element of the gradients of a collection expression, <c>[dW, dB]</c>, to ±<paramref name="clipValue"/>.
    /// </summary>
    /// <param name="clipValue">The limit for the magnitude of each element; greater than zero.</param>
    /// <param name="gradients">The gradients. A NaN is reported by their text and its position in them.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <param name="gradientsText">Filled in by the compiler.</param>
    /// <param name="callerFile">Filled in by the compiler.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <returns>The L2 norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentException">An item holds no gradients. No gradient was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="clipValue"/> is not greater than zero. No gradient was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipValue(
        double clipValue,
        IEnumerable?[]? gradients,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerArgumentExpression(nameof(gradients))] string? gradientsText = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null) =>
        Clip(ArgumentRules.Value(clipValue, nonFinite), report, new ClipSite(callerFile, callerMember, null), [gradients], [gradientsText]);

    /// <summary>Computes the norm over all gradients, as if they were one vector. Nothing is changed.</summary>
    /// <param name="gradients">The gradients.</param>
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
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
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
    /// <returns>The norm; 0 if there are no gradients; infinite or NaN if a gradient is.</returns>
    /// <exception cref="ArgumentException">An argument, or an item of one, holds no gradients.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than zero.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part.</exception>
    public static double Norm(
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
        double normType = 2.0,
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
        [CallerArgumentExpression(nameof(gradients16))] string? gradients16Text = null) => Norm(
        normType,
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
    /// Computes the norm over all gradients of a collection expression, <c>[dW, dB]</c>, as if they were one vector. Nothing is changed.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="gradientsText">Filled in by the compiler.</param>
    /// <returns>The norm; 0 if there are no gradients; infinite or NaN if a gradient is.</returns>
    /// <exception cref="ArgumentException">An item holds no gradients.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than zero.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part.</exception>
    public static double Norm(
        IEnumerable?[]? gradients,
        double normType = 2.0,
        [CallerArgumentExpression(nameof(gradients))] string? gradientsText = null) => Norm(normType, [gradients], [gradientsText]);

    private static ClipResult Clip(
        in ClipRule rule, ClipReport? report, in ClipSite site, ReadOnlySpan<IEnumerable?> gradients, ReadOnlySpan<string?> texts)
    {
        ArgumentList arguments = ArgumentList.Rent(site);
        try
        {
            arguments.Add(gradients, texts);
            return ArgumentRules.Clip(new ArgumentSource(arguments), rule, report);
        }
        finally
        {
            arguments.Return();
        }
    }

    private static double Norm(double normType, ReadOnlySpan<IEnumerable?> gradients, ReadOnlySpan<string?> texts)
    {
        ArgumentList arguments = ArgumentList.Rent();
        try
        {
            arguments.Add(gradients, texts);
            return GradientOperations.Norm(new ArgumentSource(arguments), normType);
        }
        finally
        {
            arguments.Return();
        }
    }

    private static string DescribeUnclippable(object model) =>
        model is IGradientSource
            ? $"{model.GetType()} has gradients, but no limit. Put [ClipGradNorm(1.0)] on it, or call Gradients.ClipNorm(1.0, …) with it."
            : $"{model.GetType()} is not a model. Put [ClipGradNorm(1.0)] on it, or call Gradients.ClipNorm(1.0, …) with its gradients.";
}
