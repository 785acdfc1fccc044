using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Sums;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>Sums for norms without rounding, over the same buffers and chunks as the usual ones.</summary>
internal static class ExactNorm
{
    /// <summary>Adds Σx² of untied gradients to the words of an <see cref="ExactSum"/>.</summary>
    /// <returns>The chunks of long gradients, where there is enough for several threads; else 0.</returns>
    internal static int AddSquares<TSource>(TSource gradients, long[] words, bool countsReplicated = true)
        where TSource : IGradientSource
    {
        int threads = GradientThreads.Maximum;
        var visitor = new EuclideanNormVisitor<ExactTerms>(threads) { Watch = new ExactTerms(words, countsReplicated) };
        gradients.VisitGradients(ref visitor);
        visitor.AddLeft(gradients, threads, countsReplicated);
        return visitor.IsLarge ? visitor.Chunks : 0;
    }

    /// <summary>Σx², correctly rounded. False where it is not finite.</summary>
    // On its own, so that the usual way need not make room for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool TrySumSquares<TSource>(TSource gradients, out double sum)
        where TSource : IGradientSource
    {
        long[] words = new long[ExactSum.WordCount];
        AddSquares(gradients, words);
        sum = ExactSum.Round(words);
        return double.IsFinite(sum);
    }

    /// <summary>The sum of another order, correctly rounded. False where it is not finite.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool TrySum<TSource, TOrder>(TSource gradients, out double sum)
        where TSource : IGradientSource
        where TOrder : struct, INormOrder
    {
        long[] words = new long[ExactSum.WordCount];
        Walk.Through(gradients, new SumExactly<TOrder>(words, countsReplicated: true));
        sum = ExactSum.Round(words);
        return double.IsFinite(sum);
    }
}
