using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>A custom update rule.</summary>
internal readonly struct CustomKernel<T, TUpdate, TStates> : IUpdateKernel<CustomKernel<T, TUpdate, TStates>, T, CustomStep<TUpdate>>
    where T : unmanaged
    where TUpdate : struct, IUpdate
    where TStates : struct, IStateCount
{
    private readonly UpdateStep<T> _step;
    private readonly TUpdate _update;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CustomKernel(in CustomStep<TUpdate> step)
    {
        _step = new UpdateStep<T>(step.LearningRate, step.WeightDecay, step.Step);
        _update = step.Update;
    }

    /// <inheritdoc/>
    public static int StateCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TStates.Value;
    }

    /// <inheritdoc/>
    public static bool TakesAnyWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CustomKernel<T, TUpdate, TStates> Create(in CustomStep<TUpdate> step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var elements = new UpdateElements<T>(Vector(parameter), Vector(gradient), Vector(state0), Vector(state1), Vector(state2));

        // By reference: for a copy, which the compiler would make for every call, the JIT would recompute the coefficients for every
        // vector.
        Unsafe.AsRef(in _update).Update(_step, ref elements);
        parameter = Lanes<TLanes>(elements.Parameter);
        state0 = Lanes<TLanes>(elements.State0);
        state1 = Lanes<TLanes>(elements.State1);
        state2 = Lanes<TLanes>(elements.State2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Vector<TLanes>(TLanes elements)
        where TLanes : struct =>
        Unsafe.BitCast<TLanes, Vector<T>>(elements);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Lanes<TLanes>(Vector<T> elements)
        where TLanes : struct =>
        Unsafe.BitCast<Vector<T>, TLanes>(elements);
}

/// <summary>A number of states that is known when the JIT compiles a kernel.</summary>
internal interface IStateCount
{
    static abstract int Value { get; }
}

/// <summary>No state.</summary>
internal readonly struct NoState : IStateCount
{
    public static int Value => 0;
}

/// <summary>One state.</summary>
internal readonly struct OneState : IStateCount
{
    public static int Value => 1;
}

/// <summary>Two states.</summary>
internal readonly struct TwoStates : IStateCount
{
    public static int Value => 2;
}

/// <summary>Three states.</summary>
internal readonly struct ThreeStates : IStateCount
{
    public static int Value => 3;
}
