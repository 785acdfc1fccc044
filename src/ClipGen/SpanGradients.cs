using System.ComponentModel;
using System.Runtime.CompilerServices;
using ClipGen.Arguments;
using ClipGen.Numerics;
using ClipGen.Observing;

namespace ClipGen;

/// <summary>
/// The overloads of <see cref="Gradients"/> for calls with a <see cref="Span{T}"/> or <see cref="Memory{T}"/> argument, and for a single
/// <see cref="IGradientSource"/>. Call them as <c>Gradients.ClipNorm(…)</c>.
/// </summary>
/// <remarks>
/// <see cref="Gradients"/> inherits them, because C# prefers applicable methods of a derived class: a call without spans is therefore never
/// ambiguous, in any version of the language. Beside a span, a sequence must be an array or a list of arrays; call <c>ToArray()</c> or
/// <c>ToList()</c> on other sequences.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract partial class SpanGradients
{
    private protected SpanGradients()
    {
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
        in GradientArgument gradients,
        in GradientArgument gradients2 = default,
        in GradientArgument gradients3 = default,
        in GradientArgument gradients4 = default,
        in GradientArgument gradients5 = default,
        in GradientArgument gradients6 = default,
        in GradientArgument gradients7 = default,
        in GradientArgument gradients8 = default,
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
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null) => Run(
            ArgumentRules.Norm(maxNorm, normType, scope, nonFinite, epsilon),
            clips: true,
            report,
            new ClipSite(callerFile, callerMember, null),
            gradients, gradients2, gradients3, gradients4, gradients5, gradients6, gradients7, gradients8,
            gradientsText, gradients2Text, gradients3Text, gradients4Text, gradients5Text, gradients6Text, gradients7Text,
            gradients8Text);

    /// <summary>
    /// Scales the gradients of a source so that their common norm is at most <paramref name="maxNorm"/>. Limits that the source declares
    /// are ignored.
    /// </summary>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
    /// <param name="gradients">The source. A NaN or an infinity is reported by its path in it: <c>_layers[3]._dBias</c>.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it. PyTorch uses 1e-6.</param>
    /// <param name="scope">Whether one norm covers all gradients or each buffer has its own norm.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. No gradient was changed.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipNorm(
        double maxNorm,
        IGradientSource gradients,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        ClipReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        return ArgumentRules.Clip(gradients, ArgumentRules.Norm(maxNorm, normType, scope, nonFinite, epsilon), report);
    }

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
            ArgumentRules.Value(clipValue, nonFinite),
            clips: true,
            report,
            new ClipSite(callerFile, callerMember, null),
            gradients, gradients2, gradients3, gradients4, gradients5, gradients6, gradients7, gradients8,
            gradientsText, gradients2Text, gradients3Text, gradients4Text, gradients5Text, gradients6Text, gradients7Text,
            gradients8Text);

    /// <summary>
    /// Clamps every element of a source's gradients to ±<paramref name="clipValue"/>. Limits that the source declares are ignored.
    /// </summary>
    /// <param name="clipValue">The limit for the magnitude of each element; greater than zero.</param>
    /// <param name="gradients">The source. A NaN is reported by its path in it: <c>_layers[3]._dBias</c>.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN.</param>
    /// <param name="report">Receives what was found and done, gradient by gradient.</param>
    /// <returns>The L2 norm before clipping, and what was done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="clipValue"/> is not greater than zero. No gradient was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN, and the policy is to throw. No gradient was changed.
    /// </exception>
    public static ClipResult ClipValue(
        double clipValue, IGradientSource gradients, NonFinitePolicy nonFinite = NonFinitePolicy.Throw, ClipReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        return ArgumentRules.Clip(gradients, ArgumentRules.Value(clipValue, nonFinite), report);
    }

    /// <summary>Computes the norm over all gradients, as if they were one vector. Nothing is changed.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="gradients2">Further gradients.</param>
    /// <param name="gradients3">Further gradients.</param>
    /// <param name="gradients4">Further gradients.</param>
    /// <param name="gradients5">Further gradients.</param>
    /// <param name="gradients6">Further gradients.</param>
    /// <param name="gradients7">Further gradients.</param>
    /// <param name="gradients8">Further gradients.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="gradientsText">Filled in by the compiler.</param>
    /// <param name="gradients2Text">Filled in by the compiler.</param>
    /// <param name="gradients3Text">Filled in by the compiler.</param>
    /// <param name="gradients4Text">Filled in by the compiler.</param>
    /// <param name="gradients5Text">Filled in by the compiler.</param>
    /// <param name="gradients6Text">Filled in by the compiler.</param>
    /// <param name="gradients7Text">Filled in by the compiler.</param>
    /// <param name="gradients8Text">Filled in by the compiler.</param>
    /// <returns>The norm; 0 if there are no gradients; infinite or NaN if a gradient is.</returns>
    /// <exception cref="ArgumentException">An argument, or an item of one, holds no gradients.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than zero.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part.</exception>
    public static double Norm(
        in GradientArgument gradients,
        in GradientArgument gradients2 = default,
        in GradientArgument gradients3 = default,
        in GradientArgument gradients4 = default,
        in GradientArgument gradients5 = default,
        in GradientArgument gradients6 = default,
        in GradientArgument gradients7 = default,
        in GradientArgument gradients8 = default,
        double normType = 2.0,
        [CallerArgumentExpression(nameof(gradients))] string? gradientsText = null,
        [CallerArgumentExpression(nameof(gradients2))] string? gradients2Text = null,
        [CallerArgumentExpression(nameof(gradients3))] string? gradients3Text = null,
        [CallerArgumentExpression(nameof(gradients4))] string? gradients4Text = null,
        [CallerArgumentExpression(nameof(gradients5))] string? gradients5Text = null,
        [CallerArgumentExpression(nameof(gradients6))] string? gradients6Text = null,
        [CallerArgumentExpression(nameof(gradients7))] string? gradients7Text = null,
        [CallerArgumentExpression(nameof(gradients8))] string? gradients8Text = null) => Run(
            ClipRule.Norm(double.PositiveInfinity, normType),
            clips: false,
            report: null,
            site: default,
            gradients, gradients2, gradients3, gradients4, gradients5, gradients6, gradients7, gradients8,
            gradientsText, gradients2Text, gradients3Text, gradients4Text, gradients5Text, gradients6Text, gradients7Text,
            gradients8Text).TotalNorm;

    /// <summary>Computes the norm over the gradients of a source, as if they were one vector. Nothing is changed.</summary>
    /// <param name="gradients">The source.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <returns>The norm; 0 if there are no gradients; infinite or NaN if a gradient is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than zero.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part.</exception>
    public static double Norm(IGradientSource gradients, double normType = 2.0)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        return GradientOperations.Norm(gradients, normType);
    }

    // The elements are pinned, because the operations take an object, which cannot hold a span.
    private static unsafe ClipResult Run(
        in ClipRule rule,
        bool clips,
        ClipReport? report,
        in ClipSite site,
        in GradientArgument gradients, in GradientArgument gradients2, in GradientArgument gradients3, in GradientArgument gradients4,
        in GradientArgument gradients5, in GradientArgument gradients6, in GradientArgument gradients7, in GradientArgument gradients8,
        string? gradientsText, string? gradients2Text, string? gradients3Text, string? gradients4Text, string? gradients5Text,
        string? gradients6Text, string? gradients7Text, string? gradients8Text)
    {
        ArgumentList arguments = ArgumentList.Rent(site);
        try
        {
            fixed (byte* p1 = gradients, p2 = gradients2, p3 = gradients3, p4 = gradients4,
                p5 = gradients5, p6 = gradients6, p7 = gradients7, p8 = gradients8)
            {
                gradients.AddTo(arguments, (nint)p1, gradientsText, 0);
                gradients2.AddTo(arguments, (nint)p2, gradients2Text, 1);
                gradients3.AddTo(arguments, (nint)p3, gradients3Text, 2);
                gradients4.AddTo(arguments, (nint)p4, gradients4Text, 3);
                gradients5.AddTo(arguments, (nint)p5, gradients5Text, 4);
                gradients6.AddTo(arguments, (nint)p6, gradients6Text, 5);
                gradients7.AddTo(arguments, (nint)p7, gradients7Text, 6);
                gradients8.AddTo(arguments, (nint)p8, gradients8Text, 7);
                var source = new ArgumentSource(arguments);
                return clips
                    ? ArgumentRules.Clip(source, rule, report)
                    : new ClipResult { TotalNorm = GradientOperations.Norm(source, rule.NormType) };
            }
        }
        finally
        {
            arguments.Return();
        }
    }
}
