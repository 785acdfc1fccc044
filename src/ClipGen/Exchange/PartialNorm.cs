using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Sums;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen;

/// <summary>
/// The part of a norm that some gradients contribute. Parts are added without rounding, so the norm has the same bits in any order and
/// grouping of its buffers: those of <see cref="GradientOperations.Norm"/> over all of them.
/// </summary>
/// <remarks>
/// A value takes about 0.6 KB for any number of buffers. The operations on an <see cref="IGradientExchange"/> send it. A default value has
/// order 0 and can be added to any other value.
/// </remarks>
/// <example>
/// <code>
/// PartialNorm whole = PartialNorm.Of(encoder) + PartialNorm.Of(decoder);
/// double norm = whole.Norm;
/// </code>
/// </example>
public struct PartialNorm
{
    private ExactSum _sum;

    /// <summary>The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: 1, 2 or infinite.</summary>
    public double NormType { readonly get; private set; }

    /// <summary>
    /// Whether <see cref="Norm"/> is within 1e-6 of the exact norm. It may not be if the sum of squares is outside about 1e-24 to 1e308, or
    /// if a gradient is not finite.
    /// </summary>
    public readonly bool IsExact
    {
        get
        {
            PartialNorm copy = this;
            return NormType == 0 || BufferNorms.IsExact(copy.Sum, NormType);
        }
    }

    /// <summary>The norm of everything that was added; 0 for a default value; NaN or infinite if the sum is.</summary>
    public readonly double Norm
    {
        get
        {
            PartialNorm copy = this;
            return BufferNorms.Root(copy.Sum, NormType);
        }
    }

    /// <summary>The words of the sum.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal Span<long> Words => _sum.Words;

    /// <summary>The largest magnitude, if the order is infinite.</summary>
    internal double Largest { readonly get; set; }

    private double Sum => double.IsPositiveInfinity(NormType) ? Largest : _sum.Round();

    /// <summary>Measures gradients.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients. Tied ones count once.</param>
    /// <param name="normType">The order of the norm: 1, 2 or infinite.</param>
    /// <returns>Their part of the norm.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is another number.</exception>
    /// <exception cref="InvalidOperationException">Two buffers share memory, or the source contains itself.</exception>
    public static PartialNorm Of<TSource>(TSource gradients, double normType = 2.0)
        where TSource : IGradientSource
    {
        if (!IsSupported(normType))
            throw new ArgumentOutOfRangeException(nameof(normType), normType, "The order of a partial norm must be 1, 2 or infinity.");
        PartialNorm norm = Of(gradients, normType, isUntied: false, countsReplicated: true, out bool isTied, out _);
        return isTied
            ? throw new InvalidOperationException(
                "Two gradients share memory, so their norm is not a sum of parts. Call GradientOperations.Norm instead.")
            : norm;
    }

    /// <summary>Adds two parts.</summary>
    /// <param name="left">One part.</param>
    /// <param name="right">The other part.</param>
    /// <exception cref="InvalidOperationException">The parts are of different orders.</exception>
    public static PartialNorm operator +(PartialNorm left, PartialNorm right)
    {
        if (left.NormType != right.NormType && left.NormType != 0 && right.NormType != 0)
        {
            throw new InvalidOperationException(
                $"A partial norm of order {left.NormType} cannot be added to one of order {right.NormType}.");
        }

        ExactSum.Normalize(left.Words);
        ExactSum.Normalize(right.Words);
        for (int i = 0; i < left.Words.Length; i++)
            left.Words[i] += right.Words[i];
        left.NormType = Math.Max(left.NormType, right.NormType);
        left.Largest = Math.Max(left.Largest, right.Largest);
        return left;
    }

    /// <summary>Adds two parts; see <see cref="op_Addition"/>.</summary>
    /// <param name="left">One part.</param>
    /// <param name="right">The other part.</param>
    public static PartialNorm Add(PartialNorm left, PartialNorm right) => left + right;

    /// <summary>Whether a norm of the order can be computed from parts in one message.</summary>
    internal static bool IsSupported(double normType) => normType is 1 or 2 or double.PositiveInfinity;

    /// <summary>Measures the gradients of one of several processes.</summary>
    internal static PartialNorm Of<TSource>(
        TSource gradients, double normType, bool isUntied, bool countsReplicated, out bool isTied, out LongGradients longGradients)
        where TSource : IGradientSource
    {
        var norm = new PartialNorm { NormType = normType };
        isTied = !isUntied && BufferTableOperations.HasTied(gradients);
        longGradients = default;
        if (double.IsPositiveInfinity(normType))
        {
            norm.Largest = Walk.Through(gradients, new FindLargest(countsReplicated)).Largest;
            return norm;
        }

        long[] words = new long[ExactSum.WordCount];
        if (normType == 2)
            longGradients = ExactNorm.AddSquares(gradients, words, countsReplicated);
        else
            Walk.Through(gradients, new SumExactly<TaxicabNorm>(words, countsReplicated));
        words.CopyTo(norm.Words);
        return norm;
    }

    private struct FindLargest(bool countsReplicated) : IGradientOperation
    {
        public double Largest { get; private set; }

        public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
        {
            if (countsReplicated || !slot.IsReplicated)
                Largest = Math.Max(Largest, LargestNorm.Reduce(gradient));
        }
    }
}
