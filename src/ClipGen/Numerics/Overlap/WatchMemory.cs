using System.Runtime.CompilerServices;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Overlap;

/// <summary>Detects buffers that may share memory, and counts the memory, without reading elements.</summary>
internal struct WatchMemory : IGradientOperation
{
    public DisjointRanges Runs;

    /// <summary>The long gradients.</summary>
    public LongGradients Long { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        Runs.Add(gradient);
        if (gradient.Length >= SharedChunks.ShortestBuffer)
            Long = Long.With<T>(gradient.Length);
    }
}
