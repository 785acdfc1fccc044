using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Traversal;

namespace ClipGen.Numerics;

/// <summary>
/// Tells whether the buffers of an unrolled group lie in memory one behind the other, as arrays do that are allocated one after the other. Two
/// instructions a buffer: the unrolled code of eight buffers of 16 elements has only time for about twelve.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct RisingAddresses
{
    // All gaps or-ed: none is wide unless this is, since the widest is a power of two. Where addresses fall, the difference wraps round.
    private nuint _gaps;

    internal RisingAddresses(nuint end) => End = end;

    /// <summary>The byte behind the last buffer.</summary>
    internal nuint End { get; private set; }

    /// <summary>Whether every buffer begins behind the one before, and not far behind.</summary>
    internal readonly bool AreRising => _gaps < AddressRuns.WidestGap;

    /// <summary>Takes the next buffer.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="gradient">The buffer; not empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Add<T>(Span<T> gradient)
    {
        nuint start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(gradient));
        _gaps |= start - End;
        End = start + ((nuint)(uint)gradient.Length * (nuint)Unsafe.SizeOf<T>());
    }
}
