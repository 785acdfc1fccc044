using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Threads;

/// <summary>
/// The chunks of one pass that several threads work off: chunks are numbered in the order of the traversal, every thread walks through all
/// of them and works on those that it is the first to claim. Nothing is pinned, as each thread holds its own spans.
/// </summary>
/// <param name="Claims">For each chunk, the number of the pass that claimed it last.</param>
/// <param name="Sums">Room for the sum of each chunk.</param>
/// <param name="First">Chunks at the beginning of the traversal that are done already.</param>
/// <param name="Count">The chunks after those.</param>
/// <param name="Number">The number of the pass; it only grows, so that a thread that is late finds everything claimed.</param>
internal readonly record struct SharedChunks(long[] Claims, double[] Sums, int First, int Count, long Number)
{
    /// <summary>Elements from which a buffer is shared at all. To claim a chunk takes as long as to sum about a thousand.</summary>
    internal const int ShortestBuffer = 4096;

    /// <summary>
    /// The gradients from which several threads are worth waking, in bytes. Two of them save a fifth at 8 MiB; at 4 MiB they save nothing
    /// while they are awake, and between other work, asleep, they take twice as long as one.
    /// </summary>
    internal const long LeastBytes = 8 << 20;

    /// <summary>The chunks that a buffer of so many elements makes.</summary>
    internal static int CountOf(int length) => (int)(((long)length + Reduction.ChunkLength - 1) / Reduction.ChunkLength);

    /// <summary>Whether the calling thread is the first to want the chunk.</summary>
    internal bool TryClaim(int chunk)
    {
        int index = chunk - First;
        if ((uint)index >= (uint)Count)
            return false;
        long last = Volatile.Read(ref Claims[index]);
        return last < Number && Interlocked.CompareExchange(ref Claims[index], Number, last) == last;
    }
}
