using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>A pass that changes large gradients, after a pass that has read them.</summary>
internal static class ChunkPass
{
    // Enough that a part fits in the second-level cache if that cache contains any considerable share of the gradients.
    private const int MostParts = 8;

    // Each part is another traversal. It visits a gradient in the time in which about this many of its bytes are read.
    private const long BytesPerVisit = 256;

    // How much longer the pass may take because of them.
    private const double LargestShare = 1.0 / 32;

    /// <summary>
    /// Changes all gradients, on several threads or from the last to the first. Returns false and changes nothing if a single traversal is
    /// best, because they are small.
    /// </summary>
    /// <param name="source">The gradients.</param>
    /// <param name="work">The operation. It must not depend on the order of the chunks.</param>
    /// <param name="gradients">The long gradients of <paramref name="source"/>.</param>
    internal static bool TryChange<TSource, TWork>(TSource source, TWork work, LongGradients gradients)
        where TSource : IGradientSource
        where TWork : struct, IChunkWork
    {
        if (!gradients.ExceedCache)
            return false;
        int threads = GradientThreads.Maximum;
        if (gradients.AreShared && threads > 1)
            SharedPass<TSource, TWork>.Change(source, work, gradients.Chunks, threads);
        else
            ChangeBackward(source, work, gradients);
        return true;
    }

    /// <summary>
    /// Changes the last gradients first, because they are still in the cache. A source is traversed only forward, so each traversal changes
    /// the chunks of one part.
    /// </summary>
    private static void ChangeBackward<TSource, TWork>(TSource source, TWork work, LongGradients gradients)
        where TSource : IGradientSource
        where TWork : struct, IChunkWork
    {
        int parts = Math.Min(gradients.Chunks, MostParts);
        int end = gradients.Chunks;
        for (int part = parts - 1; end > 0; part--)
        {
            int first = (int)((long)gradients.Chunks * part / parts);
            var walk = new ChunkWalk<TWork, ChunkRange>(work, new ChunkRange(first, end), takesShort: end == gradients.Chunks);
            int visits = Walk<ChunkWalk<TWork, ChunkRange>>.Through(source, walk).Positions;
            end = first;

            // If there are many short gradients, the rest is one part.
            if ((long)visits * part * BytesPerVisit > gradients.Bytes * LargestShare)
                part = 1;
        }
    }
}
