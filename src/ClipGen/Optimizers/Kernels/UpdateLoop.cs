using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The one loop that every update runs in. It goes from the end of the buffers to their beginning: the pass that took the norm read the end
/// last, so that is still in a cache.
/// </summary>
internal static class UpdateLoop
{
    /// <summary>Updates <paramref name="length"/> elements, each once. States beyond the kernel's are null references.</summary>
    internal static void Run<T, TChange, TKernel, TStep>(
        ref T gradient,
        ref T parameter,
        ref T state0,
        ref T state1,
        ref T state2,
        nuint length,
        TChange change,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TChange : struct, IGradientChange<T>
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct
    {
        nuint width = (nuint)Vector<T>.Count;
        if (length < width)
        {
            RunFew<T, TChange, TKernel, TStep>(
                ref gradient, ref parameter, ref state0, ref state1, ref state2, length, change, zeroGradients, step);
            return;
        }

        TKernel kernel = TKernel.Create(step);

        // The first vector may overlap the one behind it: taken before anything is stored, it is right whatever was stored meanwhile.
        Vector<T> firstParameter = default, first0 = default, first1 = default, first2 = default;
        nuint rest = length % width;
        if (rest != 0)
        {
            firstParameter = Vector.LoadUnsafe(ref parameter);
            if (TKernel.StateCount > 0)
                first0 = Vector.LoadUnsafe(ref state0);
            if (TKernel.StateCount > 1)
                first1 = Vector.LoadUnsafe(ref state1);
            if (TKernel.StateCount > 2)
                first2 = Vector.LoadUnsafe(ref state2);
            kernel.Update(ref firstParameter, change.Apply(Vector.LoadUnsafe(ref gradient)), ref first0, ref first1, ref first2);
        }

        for (nuint i = length - width; ; i -= width)
        {
            Vector<T> elements = Vector.LoadUnsafe(ref parameter, i);
            Vector<T> elements0 = default, elements1 = default, elements2 = default;
            if (TKernel.StateCount > 0)
                elements0 = Vector.LoadUnsafe(ref state0, i);
            if (TKernel.StateCount > 1)
                elements1 = Vector.LoadUnsafe(ref state1, i);
            if (TKernel.StateCount > 2)
                elements2 = Vector.LoadUnsafe(ref state2, i);
            kernel.Update(ref elements, change.Apply(Vector.LoadUnsafe(ref gradient, i)), ref elements0, ref elements1, ref elements2);
            elements.StoreUnsafe(ref parameter, i);
            if (TKernel.StateCount > 0)
                elements0.StoreUnsafe(ref state0, i);
            if (TKernel.StateCount > 1)
                elements1.StoreUnsafe(ref state1, i);
            if (TKernel.StateCount > 2)
                elements2.StoreUnsafe(ref state2, i);
            if (zeroGradients)
                Vector<T>.Zero.StoreUnsafe(ref gradient, i);
            if (i < width)
                break;
        }

        if (rest != 0)
        {
            firstParameter.StoreUnsafe(ref parameter);
            if (TKernel.StateCount > 0)
                first0.StoreUnsafe(ref state0);
            if (TKernel.StateCount > 1)
                first1.StoreUnsafe(ref state1);
            if (TKernel.StateCount > 2)
                first2.StoreUnsafe(ref state2);
            if (zeroGradients)
                Vector<T>.Zero.StoreUnsafe(ref gradient);
        }
    }

    // Fewer elements than a vector holds, in the first lanes of one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunFew<T, TChange, TKernel, TStep>(
        ref T gradient,
        ref T parameter,
        ref T state0,
        ref T state1,
        ref T state2,
        nuint length,
        TChange change,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TChange : struct, IGradientChange<T>
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct
    {
        TKernel kernel = TKernel.Create(step);
        Vector<T> elements = LoadFew(ref parameter, length);
        Vector<T> elements0 = default, elements1 = default, elements2 = default;
        if (TKernel.StateCount > 0)
            elements0 = LoadFew(ref state0, length);
        if (TKernel.StateCount > 1)
            elements1 = LoadFew(ref state1, length);
        if (TKernel.StateCount > 2)
            elements2 = LoadFew(ref state2, length);
        kernel.Update(ref elements, change.Apply(LoadFew(ref gradient, length)), ref elements0, ref elements1, ref elements2);
        StoreFew(elements, ref parameter, length);
        if (TKernel.StateCount > 0)
            StoreFew(elements0, ref state0, length);
        if (TKernel.StateCount > 1)
            StoreFew(elements1, ref state1, length);
        if (TKernel.StateCount > 2)
            StoreFew(elements2, ref state2, length);
        if (zeroGradients)
            StoreFew(Vector<T>.Zero, ref gradient, length);
    }

    private static Vector<T> LoadFew<T>(ref T first, nuint length)
        where T : unmanaged
    {
        Vector<T> elements = Vector<T>.Zero;
        for (nuint i = 0; i < length; i++)
            Unsafe.Add(ref Unsafe.As<Vector<T>, T>(ref elements), i) = Unsafe.Add(ref first, i);
        return elements;
    }

    private static void StoreFew<T>(Vector<T> elements, ref T first, nuint length)
        where T : unmanaged
    {
        for (nuint i = 0; i < length; i++)
            Unsafe.Add(ref first, i) = Unsafe.Add(ref Unsafe.As<Vector<T>, T>(ref elements), i);
    }
}
