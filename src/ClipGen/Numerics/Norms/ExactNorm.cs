using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Sums;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>Computes sums for norms without rounding, over the same buffers and chunks as the usual sums.</summary>
internal static class ExactNorm
{
    /// <summary>Adds Σx² of gradients without ties to the words of an <see cref="ExactSum"/>.</summary>
    /// <returns>The long gradients.</returns>
    internal static LongGradients AddSquares<TSource>(TSource gradients, long[] words, bool countsReplicated = true)
        where TSource : IGradientSource
    {
        int threads = GradientThreads.Maximum;
        var visitor = new EuclideanNormVisitor<ExactTerms>(threads) { Watch = new ExactTerms(words, countsReplicated) };
        gradients.VisitGradients(ref visitor);
        visitor.AddLeft(gradients, threads, countsReplicated);
        return visitor.Long;
    }

    /// <summary>Computes Σx², correctly rounded. Returns false if it is not finite.</summary>
    // A separate method, so that the common path needs no stack space for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool TrySumSquares<TSource>(TSource gradients, out double sum)
        where TSource : IGradientSource
    {
        long[] words = new long[ExactSum.WordCount];
        AddSquares(gradients, words);
        sum = ExactSum.Round(words);
        return double.IsFinite(sum);
    }

    /// <summary>Computes the sum for another order, correctly rounded. Returns false if it is not finite.</summary>
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
