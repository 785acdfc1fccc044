using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;
using ClipGen.Observing;

namespace ClipGen.Numerics;

/// <summary>
/// Shorter versions of operations of <see cref="GradientOperations"/>, for models whose gradients share no memory: they read no address and
/// no collection count. Results are the same to the last bit. Generated code calls them.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class UntiedGradients
{
    /// <summary>Clips all gradients by their L2 norm.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="limit">The limit for the norm.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    /// <inheritdoc cref="GradientOperations.Clip{TSource}(TSource, in ClipRule)" path="/exception"/>
    // Not inlined: the JIT has one inlining budget per method, and the caller's loop would use it up.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ClipResult Clip<TSource>(TSource gradients, double limit, NonFinitePolicy nonFinite = NonFinitePolicy.Throw)
        where TSource : struct, IUntiedSource
    {
        // The same computation as in the general path, for gradients of ordinary magnitude, with everything in registers.
        if (Vector256.IsHardwareAccelerated && gradients.IsUnrolled && gradients.IsUntied)
        {
            var squares = new GroupSumVisitor();
            gradients.VisitGradients(ref squares);
            if (squares.Sum.TryRound(out double sum) && EuclideanNorm.IsExact(sum))
            {
                double norm = Math.Sqrt(sum);

                // Asked here, because the processor waits for the square root, but not for the answer.
                if (ClipObservation.IsOn)
                    return ClipOtherwise(gradients, limit, nonFinite);
                if (norm <= limit)
                    return new ClipResult { TotalNorm = norm, Scale = 1 };
                double factor = limit / norm;

                // Almost always the same float as the factor, but computed while the square root is. The processor predicts the comparison,
                // so that the elements do not wait for the quotient.
                float single = (float)(norm * (limit * (1 / sum)));
                if (single == (float)factor && float.IsNormal(single) && limit > 0)
                {
                    var scale = new GroupScaleVisitor(factor, single);
                    gradients.VisitGradients(ref scale);
                    return new ClipResult { TotalNorm = norm, Scale = factor, Clipped = true, ExceedingNorm = norm, ExceededLimit = limit };
                }
            }
        }

        return ClipOtherwise(gradients, limit, nonFinite);
    }

    // A separate method, so that the common path needs no stack space for a rule.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ClipResult ClipOtherwise<TSource>(TSource gradients, double limit, NonFinitePolicy nonFinite)
        where TSource : struct, IUntiedSource => Clip(gradients, ClipRule.Norm(limit, nonFinite: nonFinite));

    /// <inheritdoc cref="GradientOperations.Clip{TSource}(TSource, in ClipRule)"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule)
        where TSource : struct, IUntiedSource
    {
        if (!gradients.IsUntied || ClipObservation.IsOn)
            return GradientOperations.Clip(gradients, rule);
        GradientOperations.Validate(rule, nameof(rule));
        return NormClip<NoAddresses>.TryClip(gradients, rule, out ClipResult result)
            ? result
            : GradientOperations.ClipByTable(gradients, rule);
    }

    /// <inheritdoc cref="GradientOperations.Norm{TSource}(TSource, double)"/>
    public static double Norm<TSource>(TSource gradients, double normType = 2.0)
        where TSource : struct, IUntiedSource
    {
        GradientOperations.ValidateOrder(normType, nameof(normType));
        return gradients.IsUntied && NormClip<NoAddresses>.TryNorm(gradients, normType, out double norm, out _)
            ? norm
            : GradientOperations.Norm(gradients, normType);
    }
}
