using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>Sums the squares.</summary>
/// <param name="countsReplicated">Whether gradients that every process holds count here.</param>
internal readonly struct SumSquares(bool countsReplicated) : IChunkWork
{
    public static bool Sums => true;

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter) =>
        slot.IsReplicated && !countsReplicated ? 0 : GradientElements.SumOfSquares(gradient);
}

/// <summary>Scales.</summary>
internal readonly struct ScaleChunks(ScaleFactor factor) : IChunkWork
{
    public static bool Sums => false;

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
    {
        GradientElements.Scale(gradient, factor);
        return 0;
    }
}

/// <summary>The walk of one thread: it works on those chunks of long gradients that it is the first to claim.</summary>
/// <param name="work">What it does with them.</param>
/// <param name="chunks">The chunks.</param>
/// <param name="completed">Counts the chunks that are done.</param>
/// <param name="takesShort">Whether this is the thread that also works on the gradients that are too short to be shared.</param>
internal struct ClaimChunks<TWork>(TWork work, SharedChunks chunks, StrongBox<int> completed, bool takesShort) : IGradientOperation
    where TWork : struct, IChunkWork
{
    private readonly TWork _work = work;
    private readonly SharedChunks _chunks = chunks;
    private readonly StrongBox<int> _completed = completed;
    private readonly bool _takesShort = takesShort;
    private int _chunk;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (gradient.Length < SharedChunks.ShortestBuffer)
        {
            if (_takesShort)
                _work.Run(slot, 0, gradient, parameter);
            return;
        }

        // By what is left: the position behind the last element of the longest arrays is beyond what an int holds.
        int length;
        for (int start = 0, left = gradient.Length; left > 0; start += length, left -= length)
        {
            length = Math.Min(left, Reduction.ChunkLength);
            int chunk = _chunk++;
            if (!_chunks.TryClaim(chunk))
                continue;
            Span<T> parameters = parameter.IsEmpty ? parameter : parameter.Slice(start, length);
            double sum = _work.Run(slot, start, gradient.Slice(start, length), parameters);
            if (TWork.Sums)
                _chunks.Sums[chunk - _chunks.First] = sum;
            Interlocked.Increment(ref _completed.Value);
        }
    }
}
