using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;

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

    [MethodImpl(JitOptions.Kernel)]
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
        TKernel kernel = TKernel.Create(step);
        RunVectors<T, TLanes, TChange, TKernel, TStep>(
            ref gradient, ref parameter, ref state0, ref state1, ref state2, length, change, zeroGradients, ref kernel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunVectors<T, TLanes, TChange, TKernel, TStep>(
        ref T gradient,
        ref T parameter,
        ref T state0,
        ref T state1,
        ref T state2,
        nuint length,
        TChange change,
        bool zeroGradients,
        ref TKernel kernel)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
        where TChange : struct, IGradientChange<T>
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct
    {
        nuint width = (nuint)TLanes.Count;

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

    /// <summary>
    /// Updates units of a buffer from the last to the first: <paramref name="unit"/> with <paramref name="factor"/>, the one before it with
    /// <paramref name="next"/>, and those before them that are within their limit with <paramref name="usual"/>. The weights of each are
    /// measured just before they are updated, so that they are in the first-level cache. They are measured one unit ahead, so that the
    /// processor does it while it waits for the divisions of a unit.
    /// </summary>
    /// <returns>
    /// The number of the next unit to update; −1 for none. The one before it may exceed its limit, and must be measured exactly.
    /// </returns>
    /// <remarks>Nothing in the loop is a call, for which all coefficients would have to be stored and loaded again.</remarks>
    internal static int RunUnits<T, TKernel, TStep>(
        OpenUnits units,
        int unit,
        T factor,
        T next,
        T usual,
        ref T gradient,
        ref T parameter,
        ref T state0,
        ref T state1,
        ref T state2,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct =>
        Vector512.IsHardwareAccelerated && TKernel.TakesAnyWidth && units.Length >= Vector512<T>.Count
            ? RunUnits<T, Lanes512<T>, TKernel, TStep>(
                units, unit, factor, next, usual, ref gradient, ref parameter, ref state0, ref state1, ref state2, zeroGradients, step)
            : RunUnits<T, Lanes<T>, TKernel, TStep>(
                units, unit, factor, next, usual, ref gradient, ref parameter, ref state0, ref state1, ref state2, zeroGradients, step);

    [MethodImpl(JitOptions.Kernel)]
    private static int RunUnits<T, TLanes, TKernel, TStep>(
        OpenUnits units,
        int unit,
        T factor,
        T next,
        T usual,
        ref T gradient,
        ref T parameter,
        ref T state0,
        ref T state1,
        ref T state2,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct
    {
        TKernel kernel = TKernel.Create(step);
        nuint length = (nuint)units.Length;

        // The last weights, which are read next, are usually enough to know that a unit is within its limit.
        nuint few = Math.Min(length, 6 * (nuint)TLanes.Count);
        while (true)
        {
            nuint start = (nuint)unit * length;
            RunVectors<T, TLanes, Scaled<T>, TKernel, TStep>(
                ref Unsafe.Add(ref gradient, start),
                ref Unsafe.Add(ref parameter, start),
                ref Unsafe.Add(ref state0, start),
                ref Unsafe.Add(ref state1, start),
                ref Unsafe.Add(ref state2, start),
                length,
                new Scaled<T>(factor),
                zeroGradients,
                ref kernel);
            factor = next;
            next = usual;
            unit--;
            if (unit == 0)
                continue;
            if (unit < 0 || !units.IsWithin(unit - 1, SumOfSquares<T, TLanes>(ref Unsafe.Add(ref parameter, start - length - few), few)))
                return unit;
        }
    }

    // Without the elements after the last whole vector: a smaller sum only makes a unit be measured that did not need it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumOfSquares<T, TLanes>(ref T first, nuint length)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
    {
        nuint width = (nuint)TLanes.Count;
        TLanes even = default, odd = default;
        nuint i = 0;
        for (; i + (2 * width) <= length; i += 2 * width)
        {
            TLanes elements = TLanes.Load(ref first, i);
            even += elements * elements;
            elements = TLanes.Load(ref first, i + width);
            odd += elements * elements;
        }

        if (i + width <= length)
        {
            TLanes elements = TLanes.Load(ref first, i);
            even += elements * elements;
        }

        return TLanes.Sum(even + odd);
    }

    // Handles fewer elements than one vector, in the first lanes of a vector.
    [MethodImpl(JitOptions.Kernel)]
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
