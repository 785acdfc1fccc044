using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Threads;

/// <summary>
/// The chunks of one pass that several threads share. Chunks are numbered in the order of the traversal. Every thread traverses all of them
/// and processes those that it claims first. Nothing is pinned, because each thread has its own spans.
/// </summary>
/// <param name="Claims">For each chunk, the number of the last pass that claimed it.</param>
/// <param name="Sums">Memory for the sum of each chunk.</param>
/// <param name="First">The number of chunks at the start of the traversal that have been processed already.</param>
/// <param name="Count">The number of remaining chunks.</param>
/// <param name="Completed">Counts the completed chunks.</param>
/// <param name="Number">The number of the pass. It only grows, so that a thread that starts late finds everything claimed.</param>
internal readonly record struct SharedChunks(long[] Claims, double[] Sums, int First, int Count, StrongBox<int> Completed, long Number)
    : IChunkChoice
{
    /// <summary>
    /// The shortest buffer that is shared, in elements. Claiming a chunk takes as long as summing about a thousand elements.
    /// </summary>
    internal const int ShortestBuffer = 4096;

    /// <summary>
    /// The number of bytes from which several threads are used. At 8 MiB, two threads save a fifth of the time. At 4 MiB, they save nothing
    /// if both are running, and take twice as long as one thread if the second must be woken.
    /// </summary>
    internal const long LeastBytes = 8 << 20;

    /// <summary>The number of chunks of a buffer of the given length.</summary>
    internal static int CountOf(int length) => (int)(((long)length + Reduction.ChunkLength - 1) / Reduction.ChunkLength);

    /// <summary>Claims a chunk for the calling thread. Returns false if another thread has claimed it.</summary>
    public bool TryClaim(int chunk)
    {
        int index = chunk - First;
        if ((uint)index >= (uint)Count)
            return false;
        long last = Volatile.Read(ref Claims[index]);
        return last < Number && Interlocked.CompareExchange(ref Claims[index], Number, last) == last;
    }

    /// <summary>Records the sum, and that the chunk is complete.</summary>
    public void Complete(int chunk, double sum)
    {
        Sums[chunk - First] = sum;
        Interlocked.Increment(ref Completed.Value);
    }
}
