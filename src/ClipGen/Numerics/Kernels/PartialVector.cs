using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>Loads and stores of fewer elements than one vector.</summary>
internal static class PartialVector
{
    // 64 zero bytes, then 64 set bytes. Read at n·size, they mask all lanes but the last n.
    private static ReadOnlySpan<byte> LaneMasks =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    /// <summary>A mask that keeps the last <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> LastLanes<T>(nuint count)
        where T : unmanaged =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(LaneMasks), count * (nuint)Unsafe.SizeOf<T>()).As<byte, T>();

    /// <summary>The halves of a mask that keeps the last <paramref name="count"/> lanes of 512 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<T> Low, Vector256<T> High) LastLanesOf256<T>(nuint count)
        where T : unmanaged
    {
        ref byte masks = ref Unsafe.Add(ref MemoryMarshal.GetReference(LaneMasks), count * (nuint)Unsafe.SizeOf<T>());
        return (Vector256.LoadUnsafe(ref masks).As<byte, T>(), Vector256.LoadUnsafe(ref masks, (nuint)Vector256<byte>.Count).As<byte, T>());
    }

    /// <summary>Loads the elements after the last whole 512-bit vector of a buffer, each once. There must be at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> LoadRest<T>(ref T first, nuint length)
        where T : unmanaged
    {
        nuint width = (nuint)Vector512<T>.Count;
        return length < width
            ? LoadZeroFilled(ref first, length)
            : Vector512.LoadUnsafe(ref first, length - width) & LastLanes<T>(length & (width - 1));
    }

    /// <summary>Loads fewer elements than one 512-bit vector, each once, with zeros in the remaining lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> LoadZeroFilled<T>(ref T first, nuint length)
        where T : unmanaged
    {
        if (length >= (nuint)Vector256<T>.Count)
        {
            nuint rest = length - (nuint)Vector256<T>.Count;
            return Vector512.Create(Vector256.LoadUnsafe(ref first), Vector256.LoadUnsafe(ref first, rest) & LastLanes<T>(rest).GetUpper());
        }

        if (length >= (nuint)Vector128<T>.Count)
        {
            nuint rest = length - (nuint)Vector128<T>.Count;
            Vector128<T> upper = Vector128.LoadUnsafe(ref first, rest) & LastLanes<T>(rest).GetUpper().GetUpper();
            return Vector512.Create(Vector256.Create(Vector128.LoadUnsafe(ref first), upper), Vector256<T>.Zero);
        }

        Vector128<T> few = Vector128<T>.Zero;
        for (nuint i = 0; i < length; i++)
            Unsafe.Add(ref Unsafe.As<Vector128<T>, T>(ref few), i) = Unsafe.Add(ref first, i);
        return Vector512.Create(Vector256.Create(few, Vector128<T>.Zero), Vector256<T>.Zero);
    }
}
