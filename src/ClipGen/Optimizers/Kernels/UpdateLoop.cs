using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The loop that runs every update. It goes from the end of the buffers to the start: the norm pass read the end last, so that it is still
/// in the cache.
/// </summary>
internal static class UpdateLoop
{
    /// <summary>Updates <paramref name="length"/> elements, each once. States that the kernel does not have are null references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        if (Vector512.IsHardwareAccelerated && TKernel.TakesAnyWidth && length >= (nuint)Vector512<T>.Count)
        {
            RunMany<T, Lanes512<T>, TChange, TKernel, TStep>(
                ref gradient, ref parameter, ref state0, ref state1, ref state2, length, change, zeroGradients, step);
        }
        else if (length >= (nuint)Vector<T>.Count)
        {
            RunMany<T, Lanes<T>, TChange, TKernel, TStep>(
                ref gradient, ref parameter, ref state0, ref state1, ref state2, length, change, zeroGradients, step);
        }
        else
        {
            RunFew<T, TChange, TKernel, TStep>(
                ref gradient, ref parameter, ref state0, ref state1, ref state2, length, change, zeroGradients, step);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunMany<T, TLanes, TChange, TKernel, TStep>(
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
        where TLanes : struct, ILanes<TLanes, T>
        where TChange : struct, IGradientChange<T>
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct
    {
        nuint width = (nuint)TLanes.Count;
        TKernel kernel = TKernel.Create(step);

        // The first vector may overlap the second one. It is loaded before the loop stores anything, so that it holds the old values.
        TLanes firstParameter = default, first0 = default, first1 = default, first2 = default;
        nuint rest = length % width;
        if (rest != 0)
        {
            firstParameter = TLanes.Load(ref parameter, 0);
            if (TKernel.StateCount > 0)
                first0 = TLanes.Load(ref state0, 0);
            if (TKernel.StateCount > 1)
                first1 = TLanes.Load(ref state1, 0);
            if (TKernel.StateCount > 2)
                first2 = TLanes.Load(ref state2, 0);
            kernel.Update(ref firstParameter, change.Apply(TLanes.Load(ref gradient, 0)), ref first0, ref first1, ref first2);
        }

        for (nuint i = length - width; ; i -= width)
        {
            TLanes elements = TLanes.Load(ref parameter, i);
            TLanes elements0 = default, elements1 = default, elements2 = default;
            if (TKernel.StateCount > 0)
                elements0 = TLanes.Load(ref state0, i);
            if (TKernel.StateCount > 1)
                elements1 = TLanes.Load(ref state1, i);
            if (TKernel.StateCount > 2)
                elements2 = TLanes.Load(ref state2, i);
            kernel.Update(ref elements, change.Apply(TLanes.Load(ref gradient, i)), ref elements0, ref elements1, ref elements2);
            elements.Store(ref parameter, i);
            if (TKernel.StateCount > 0)
                elements0.Store(ref state0, i);
            if (TKernel.StateCount > 1)
                elements1.Store(ref state1, i);
            if (TKernel.StateCount > 2)
                elements2.Store(ref state2, i);
            if (zeroGradients)
                default(TLanes).Store(ref gradient, i);
            if (i < width)
                break;
        }

        if (rest != 0)
        {
            firstParameter.Store(ref parameter, 0);
            if (TKernel.StateCount > 0)
                first0.Store(ref state0, 0);
            if (TKernel.StateCount > 1)
                first1.Store(ref state1, 0);
            if (TKernel.StateCount > 2)
                first2.Store(ref state2, 0);
            if (zeroGradients)
                default(TLanes).Store(ref gradient, 0);
        }
    }

    // Handles fewer elements than one vector, in the first lanes of a vector.
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
        Lanes<T> elements = LoadFew(ref parameter, length);
        Lanes<T> elements0 = default, elements1 = default, elements2 = default;
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
            StoreFew(default, ref gradient, length);
    }

    private static Lanes<T> LoadFew<T>(ref T first, nuint length)
        where T : unmanaged
    {
        Lanes<T> elements = default;
        for (nuint i = 0; i < length; i++)
            Unsafe.Add(ref Unsafe.As<Lanes<T>, T>(ref elements), i) = Unsafe.Add(ref first, i);
        return elements;
    }

    private static void StoreFew<T>(Lanes<T> elements, ref T first, nuint length)
        where T : unmanaged
    {
        for (nuint i = 0; i < length; i++)
            Unsafe.Add(ref first, i) = Unsafe.Add(ref Unsafe.As<Lanes<T>, T>(ref elements), i);
    }
}
