using System.Runtime.CompilerServices;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Overlap;

/// <summary>Detects buffers that may share memory, and counts the memory, without reading elements.</summary>
internal struct WatchMemory : IGradientOperation
{
    public DisjointRanges Runs;
    private long _bytes;

    /// <summary>The number of chunks of buffers that are long enough to be shared by threads.</summary>
    public int Chunks { get; private set; }

    /// <summary>Whether the gradients are large enough for several threads.</summary>
    public readonly bool IsLarge => _bytes >= SharedChunks.LeastBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        Runs.Add(gradient);
        if (gradient.Length >= SharedChunks.ShortestBuffer)
        {
            Chunks += SharedChunks.CountOf(gradient.Length);
            _bytes += (long)gradient.Length * Unsafe.SizeOf<T>();
        }
    }
}
