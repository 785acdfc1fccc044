using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Threads;

/// <summary>The gradients that are long enough to be processed in chunks.</summary>
/// <param name="Chunks">The number of their chunks.</param>
/// <param name="Bytes">The size of their elements.</param>
internal readonly record struct LongGradients(int Chunks, long Bytes)
{
    // The size of the second-level cache of one core is between 256 KiB and 2 MiB.
    private const long CacheBytes = 2 << 20;

    /// <summary>Whether several threads process them faster than one.</summary>
    internal bool AreShared
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Bytes >= SharedChunks.LeastBytes && Chunks > 1;
    }

    /// <summary>Whether the last of them are in the second-level cache after a pass, and the first no longer are.</summary>
    internal bool ExceedCache
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Bytes > CacheBytes && Chunks > 1;
    }

    /// <summary>Adds one gradient.</summary>
    internal LongGradients With<T>(int length) =>
        new(Chunks + SharedChunks.CountOf(length), Bytes + ((long)length * Unsafe.SizeOf<T>()));
}
