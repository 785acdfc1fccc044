using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The loop that makes every change in place. It uses ordinary stores: the optimizer reads the gradients next, and non-temporal stores
/// would evict them to memory.
/// </summary>
internal static class Transformation
{
    // The length in 512-bit vectors from which aligned stores are faster: a third for 8 buffers of 12 500 floats.
    private const int AlignedVectors = 16;

    /// <summary>Changes <paramref name="length"/> elements, each once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Apply<T, TTransform>(ref T first, nuint length, TTransform transform)
        where T : unmanaged
        where TTransform : struct, ITransform<T>
    {
        if (length < (nuint)Vector512<T>.Count)
            ApplyFewCalled(ref first, length, transform);
        else if (length < AlignedVectors * (nuint)Vector512<T>.Count)
            ApplyShort(ref first, length, transform);
        else
            ApplyAligned(ref first, length, transform);
    }

    [MethodImpl(JitOptions.Kernel)]
    private static void ApplyShort<T, TTransform>(ref T first, nuint length, TTransform transform)
        where T : unmanaged
        where TTransform : struct, ITransform<T>
    {
        nuint width = (nuint)Vector512<T>.Count;

        // The last vector may overlap the one before it. It is computed before anything is stored, so that it uses the old values.
        Vector512<T> last = transform.Apply(Vector512.LoadUnsafe(ref first, length - width));
        for (nuint i = 0; i + width < length; i += width)
            transform.Apply(Vector512.LoadUnsafe(ref first, i)).StoreUnsafe(ref first, i);
        last.StoreUnsafe(ref first, length - width);
    }

    // Arrays start 16 bytes after a multiple of 8, so without alignment every 64-byte access may touch two cache lines. The first and the
    // last vector are computed before anything is stored, and stored at the end. The accesses between them are aligned. If a garbage
    // collection moves the array meanwhile, they may become unaligned, but stay correct.
    [MethodImpl(JitOptions.Kernel)]
    private static unsafe void ApplyAligned<T, TTransform>(ref T first, nuint length, TTransform transform)
        where T : unmanaged
        where TTransform : struct, ITransform<T>
    {
        nuint width = (nuint)Vector512<T>.Count;
        Vector512<T> begin = transform.Apply(Vector512.LoadUnsafe(ref first));
        Vector512<T> last = transform.Apply(Vector512.LoadUnsafe(ref first, length - width));
        nuint i = (0 - (nuint)Unsafe.AsPointer(ref first)) % (nuint)sizeof(Vector512<T>) / (nuint)sizeof(T);
        for (; i + (4 * width) <= length; i += 4 * width)
        {
            Vector512<T> elements0 = transform.Apply(Vector512.LoadUnsafe(ref first, i));
            Vector512<T> elements1 = transform.Apply(Vector512.LoadUnsafe(ref first, i + width));
            Vector512<T> elements2 = transform.Apply(Vector512.LoadUnsafe(ref first, i + (2 * width)));
            Vector512<T> elements3 = transform.Apply(Vector512.LoadUnsafe(ref first, i + (3 * width)));
            elements0.StoreUnsafe(ref first, i);
            elements1.StoreUnsafe(ref first, i + width);
            elements2.StoreUnsafe(ref first, i + (2 * width));
            elements3.StoreUnsafe(ref first, i + (3 * width));
        }

        for (; i + width < length; i += width)
            transform.Apply(Vector512.LoadUnsafe(ref first, i)).StoreUnsafe(ref first, i);
        begin.StoreUnsafe(ref first);
        last.StoreUnsafe(ref first, length - width);
    }

    [MethodImpl(JitOptions.Kernel)]
    private static void ApplyFewCalled<T, TTransform>(ref T first, nuint length, TTransform transform)
        where T : unmanaged
        where TTransform : struct, ITransform<T> =>
        ApplyFew(ref first, length, transform);

    /// <summary>Changes fewer elements than one 512-bit vector: with two overlapping narrower vectors, or one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ApplyFew<T, TTransform>(ref T first, nuint length, TTransform transform)
        where T : unmanaged
        where TTransform : struct, ITransform<T>
    {
        if (length >= (nuint)Vector256<T>.Count)
        {
            Vector256<T> last = transform.Apply(Vector256.LoadUnsafe(ref first, length - (nuint)Vector256<T>.Count));
            transform.Apply(Vector256.LoadUnsafe(ref first)).StoreUnsafe(ref first);
            last.StoreUnsafe(ref first, length - (nuint)Vector256<T>.Count);
        }
        else if (length >= (nuint)Vector128<T>.Count)
        {
            Vector128<T> last = transform.Apply(Vector128.LoadUnsafe(ref first, length - (nuint)Vector128<T>.Count));
            transform.Apply(Vector128.LoadUnsafe(ref first)).StoreUnsafe(ref first);
            last.StoreUnsafe(ref first, length - (nuint)Vector128<T>.Count);
        }
        else
        {
            for (nuint i = 0; i < length; i++)
                Unsafe.Add(ref first, i) = transform.Apply(Unsafe.Add(ref first, i));
        }
    }
}
