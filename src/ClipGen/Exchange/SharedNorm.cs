using ClipGen.Numerics.Threads;

namespace ClipGen.Exchange;

/// <summary>The common path of a norm over processes: one pass in each process, and one message.</summary>
internal static class SharedNorm
{
    /// <summary>Begins the call, and measures. Returns false if the norm needs a buffer table in any process.</summary>
    internal static bool TryMeasure<TSource>(
        TSource gradients, double normType, bool isUntied, RankExchange ranks, out double norm, out LongGradients longGradients)
        where TSource : IGradientSource
    {
        PartialNorm partial = PartialNorm.Of(gradients, normType, isUntied, ranks.CountsReplicated, out bool isTied, out longGradients);
        bool isUsable = ranks.Open(partial.Words, isTied);
        if (isUsable && double.IsPositiveInfinity(normType))
        {
            Span<double> largest = [partial.Largest];
            ranks.FindLargest(largest);
            partial.Largest = largest[0];
        }

        norm = partial.Norm;
        return isUsable && partial.IsExact;
    }
}
