using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The one loop that every change in place runs in. Ordinary stores: the optimizer reads the gradients next, and non-temporal ones
/// would send it to memory for them.
/// </summary>
internal static class Transformation
{
    /// <summary>Changes <paramref name="length"/> elements, each once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Apply<T, TTransform>(ref T first, nuint length, TTransform transform)
        where T : unmanaged
        where TTransform : struct, ITransform<T>
    {
        nuint width = (nuint)Vector512<T>.Count;
        if (length < width)
        {
            ApplyFew(ref first, length, transform);
            return;
        }

        // The last vector may overlap the one before it: taken before anything is stored, it is right whatever was stored below it.
        Vector512<T> last = transform.Apply(Vector512.LoadUnsafe(ref first, length - width));
        nuint i = 0;
        for (nuint end = length & ~((4 * width) - 1); i < end; i += 4 * width)
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

        for (; i + width <= length; i += width)
            transform.Apply(Vector512.LoadUnsafe(ref first, i)).StoreUnsafe(ref first, i);
        last.StoreUnsafe(ref first, length - width);
    }

    // Fewer elements than a 512-bit vector: two overlapping narrower ones, or one by one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ApplyFew<T, TTransform>(ref T first, nuint length, TTransform transform)
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
