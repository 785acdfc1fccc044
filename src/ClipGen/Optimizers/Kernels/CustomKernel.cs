using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>An update rule of the user's own.</summary>
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CustomKernel<T, TUpdate, TStates> Create(in CustomStep<TUpdate> step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(ref Vector<T> parameter, Vector<T> gradient, ref Vector<T> state0, ref Vector<T> state1, ref Vector<T> state2)
    {
        var elements = new UpdateElements<T>(parameter, gradient, state0, state1, state2);

        // By reference: of a copy, which the compiler would make for every call, the JIT computes the coefficients again for every vector.
        Unsafe.AsRef(in _update).Update(_step, ref elements);
        parameter = elements.Parameter;
        state0 = elements.State0;
        state1 = elements.State1;
        state2 = elements.State2;
    }
}

/// <summary>A number of states that is known when a kernel is compiled.</summary>
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
