using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>Sums the squares.</summary>
/// <param name="countsReplicated">Whether gradients that every process holds count in this process.</param>
internal readonly struct SumSquares(bool countsReplicated) : IChunkWork
{
    public static bool Sums => true;

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter) =>
        slot.IsReplicated && !countsReplicated ? 0 : GradientElements.SumOfSquares(gradient);
}

/// <summary>Scales the chunks.</summary>
internal readonly struct ScaleChunks(ScaleFactor factor) : IChunkWork
{
    public static bool Sums => false;

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
    {
        GradientElements.Scale(gradient, factor);
        return 0;
    }
}

/// <summary>The traversal of one thread, which processes the chunks of long gradients that it claims first.</summary>
/// <param name="work">The operation on the chunks.</param>
/// <param name="chunks">The chunks.</param>
/// <param name="completed">Counts the completed chunks.</param>
/// <param name="takesShort">Whether this thread also processes the gradients that are too short to be shared.</param>
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

        // Counts down, because the end position of the longest arrays does not fit in an int.
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
