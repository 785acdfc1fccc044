using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// Runs a kernel over buffers of any supported element type. The JIT evaluates the type comparisons.
/// </summary>
internal static class BufferUpdate
{
    // Elements that are widened, or scaled in double, are processed in blocks on the stack.
    private const int BlockLength = 512;

    /// <summary>Updates every element of a buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Apply<T, TState, TKernel, TStep>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool maximize,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TState : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, TState, TStep>
        where TStep : struct
    {
        int length = parameter.Length;
        if (gradient.Length != length
            || (TKernel.StateCount > 0 && state0.Length != length)
            || (TKernel.StateCount > 1 && state1.Length != length)
            || (TKernel.StateCount > 2 && state2.Length != length))
        {
            throw new ArgumentException("Gradient, parameter and states must have the same length.");
        }

        if (change.Units is { } units)
        {
            ApplyByUnit<T, TState, TKernel, TStep>(units, gradient, parameter, state0, state1, state2, maximize, zeroGradients, step);
        }
        else if (typeof(T) == typeof(TState) && change.Factor.IsSimple)
        {
            ApplySimple<TState, TKernel, TStep>(
                ref Unsafe.As<T, TState>(ref MemoryMarshal.GetReference(gradient)),
                ref Unsafe.As<T, TState>(ref MemoryMarshal.GetReference(parameter)),
                ref MemoryMarshal.GetReference(state0),
                ref MemoryMarshal.GetReference(state1),
                ref MemoryMarshal.GetReference(state2),
                (nuint)length,
                change,
                change.IsClamped ? change.RoundedLimit<T>() : 0,
                maximize,
                zeroGradients,
                step);
        }
        else
        {
            ApplyInBlocks<T, TState, TKernel, TStep>(gradient, parameter, state0, state1, state2, change, maximize, zeroGradients, step);
        }
    }

    /// <summary>Rounds a coefficient to the type that the arithmetic is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Round<T>(double coefficient)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
            return Unsafe.BitCast<double, T>(coefficient);
        if (typeof(T) == typeof(float))
            return Unsafe.BitCast<float, T>((float)coefficient);
        throw GradientElements.Unsupported<T>();
    }

    /// <summary>Converts a number to <see cref="double"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Widen<T>(T number)
        where T : unmanaged =>
        typeof(T) == typeof(double) ? Unsafe.BitCast<T, double>(number)
        : typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(number)
        : throw GradientElements.Unsupported<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ApplySimple<T, TKernel, TStep>(
        ref T gradient,
        ref T parameter,
        ref T state0,
        ref T state1,
        ref T state2,
        nuint length,
        in GradientChange change,
        double limit,
        bool maximize,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, T, TStep>
        where TStep : struct
    {
        // (−f)·x equals −(f·x), and the order of clamping and flipping the sign does not matter.
        T factor = Round<T>(maximize ? -change.Factor.First : change.Factor.First);
        if (change.IsClamped)
        {
            var clamp = new Clamped<T>(factor, Round<T>(limit));
            UpdateLoop.Run<T, Clamped<T>, TKernel, TStep>(
                ref gradient, ref parameter, ref state0, ref state1, ref state2, length, clamp, zeroGradients, step);
        }
        else
        {
            var scale = new Scaled<T>(factor);
            UpdateLoop.Run<T, Scaled<T>, TKernel, TStep>(
                ref gradient, ref parameter, ref state0, ref state1, ref state2, length, scale, zeroGradients, step);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ApplyByUnit<T, TState, TKernel, TStep>(
        OpenUnits units,
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        bool maximize,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TState : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, TState, TStep>
        where TStep : struct
    {
        bool areRows = typeof(T) == typeof(TState) && units.AreRows && units.Length >= Vector<TState>.Count && units.Usual.IsSimple;
        int unit = units.Count - 1;
        ScaleFactor factor = units.Decide(unit, gradient, parameter);
        while (true)
        {
            ScaleFactor next = unit > 0 ? units.Decide(unit - 1, gradient, parameter) : units.Usual;
            if (areRows && factor.IsSimple && next.IsSimple)
            {
                int first = unit;
                unit = UpdateLoop.RunUnits<TState, TKernel, TStep>(
                    units,
                    unit,
                    Signed(factor),
                    Signed(next),
                    Signed(units.Usual),
                    ref Unsafe.As<T, TState>(ref MemoryMarshal.GetReference(gradient)),
                    ref Unsafe.As<T, TState>(ref MemoryMarshal.GetReference(parameter)),
                    ref MemoryMarshal.GetReference(state0),
                    ref MemoryMarshal.GetReference(state1),
                    ref MemoryMarshal.GetReference(state2),
                    zeroGradients,
                    step);
                factor = unit == first - 1 ? next : units.Usual;
            }
            else
            {
                Apply<T, TState, TKernel, TStep>(
                    units.Part(gradient, unit),
                    units.Part(parameter, unit),
                    units.Part(state0, unit),
                    units.Part(state1, unit),
                    units.Part(state2, unit),
                    GradientChange.Scale(factor),
                    maximize,
                    zeroGradients,
                    step);
                factor = next;
                unit--;
            }

            if (unit < 0)
                return;
        }

        TState Signed(in ScaleFactor scale) => Round<TState>(maximize ? -scale.First : scale.First);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ApplyInBlocks<T, TState, TKernel, TStep>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool maximize,
        bool zeroGradients,
        in TStep step)
        where T : unmanaged
        where TState : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, TState, TStep>
        where TStep : struct
    {
        Span<TState> gradientBlock = stackalloc TState[BlockLength];
        Span<TState> parameterBlock = stackalloc TState[BlockLength];
        double limit = change.IsClamped ? change.RoundedLimit<T>() : 0;
        GradientChange rest = change.WithoutWideFactor();
        for (int end = gradient.Length; end > 0;)
        {
            int start = (end - 1) / BlockLength * BlockLength;
            int length = end - start;
            Span<TState> elements = gradientBlock[..length];
            Load(gradient[start..end], elements);
            if (!change.Factor.IsSimple)
                WideElements.Scale(elements, change.Factor.First, change.Factor.Second);

            Span<TState> updated = parameterBlock[..length];
            Load(parameter[start..end], updated);
            ApplySimple<TState, TKernel, TStep>(
                ref MemoryMarshal.GetReference(elements),
                ref MemoryMarshal.GetReference(updated),
                ref Slice(state0, start),
                ref Slice(state1, start),
                ref Slice(state2, start),
                (nuint)length,
                rest,
                limit,
                maximize,
                zeroGradients: false,
                step);
            Store(updated, parameter[start..end]);
            if (zeroGradients)
                gradient[start..end].Clear();
            end = start;
        }
    }

    private static void Load<T, TState>(Span<T> from, Span<TState> to)
        where T : unmanaged
        where TState : unmanaged
    {
        if (typeof(T) == typeof(TState))
            MemoryMarshal.Cast<T, TState>(from).CopyTo(to);
        else
            GradientElements.Widen(from, MemoryMarshal.Cast<TState, float>(to));
    }

    private static void Store<T, TState>(Span<TState> from, Span<T> to)
        where T : unmanaged
        where TState : unmanaged
    {
        if (typeof(T) == typeof(TState))
            MemoryMarshal.Cast<TState, T>(from).CopyTo(to);
        else
            GradientElements.Narrow(MemoryMarshal.Cast<TState, float>(from), to);
    }

    // States that the kernel does not have are empty.
    private static ref T Slice<T>(Span<T> state, int start) => ref MemoryMarshal.GetReference(state.IsEmpty ? state : state[start..]);
}
