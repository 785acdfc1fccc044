using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>A traversal that processes some chunks of long gradients.</summary>
/// <param name="work">The operation on the chunks.</param>
/// <param name="choice">Which chunks.</param>
/// <param name="takesShort">Whether it also processes the gradients that are too short for chunks.</param>
internal struct ChunkWalk<TWork, TChoice>(TWork work, TChoice choice, bool takesShort) : IGradientOperation
    where TWork : struct, IChunkWork
    where TChoice : struct, IChunkChoice
{
    private readonly TWork _work = work;
    private readonly TChoice _choice = choice;
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
            if (!_choice.TryClaim(chunk))
                continue;
            Span<T> parameters = parameter.IsEmpty ? parameter : parameter.Slice(start, length);
            _choice.Complete(chunk, _work.Run(slot, start, gradient.Slice(start, length), parameters));
        }
    }
}
