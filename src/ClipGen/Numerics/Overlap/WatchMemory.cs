using System.Runtime.CompilerServices;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Overlap;

/// <summary>Only watches for buffers that may share memory, and how much there is.</summary>
internal struct WatchMemory : IGradientOperation
{
    public AddressRuns Runs;
    private long _bytes;

    /// <summary>The pieces of buffers that are long enough to be shared by threads.</summary>
    public int Pieces { get; private set; }

    /// <summary>Whether there is enough for several threads.</summary>
    public readonly bool IsLarge => _bytes >= SharedPieces.LeastBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        Runs.Add(gradient);
        if (gradient.Length >= SharedPieces.ShortestBuffer)
        {
            Pieces += SharedPieces.CountOf(gradient.Length);
            _bytes += (long)gradient.Length * Unsafe.SizeOf<T>();
        }
    }
}
