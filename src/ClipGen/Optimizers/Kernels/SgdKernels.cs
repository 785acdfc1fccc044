using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>Gradient descent without momentum. No state.</summary>
internal readonly struct SgdKernel<T, TDecay> : IUpdateKernel<SgdKernel<T, TDecay>, T, SgdStep>
    where T : unmanaged
    where TDecay : struct, IFlag
{
    private readonly T _decay;
    private readonly T _rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SgdKernel(in SgdStep step)
    {
        _decay = BufferUpdate.Round<T>(step.WeightDecay);
        _rate = BufferUpdate.Round<T>(step.LearningRate);
    }

    /// <inheritdoc/>
    public static int StateCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }

    /// <inheritdoc/>
    public static bool TakesAnyWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SgdKernel<T, TDecay> Create(in SgdStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (TDecay.IsSet)
            gradient += parameter * _decay;
        parameter -= gradient * _rate;
    }
}

/// <summary>
/// Gradient descent with momentum (Sutskever et al. 2013, as PyTorch implements it). State: <c>momentum_buffer</c>.
/// </summary>
internal readonly struct MomentumKernel<T, TDecay, TNesterov> : IUpdateKernel<MomentumKernel<T, TDecay, TNesterov>, T, SgdStep>
    where T : unmanaged
    where TDecay : struct, IFlag
    where TNesterov : struct, IFlag
{
    private readonly T _decay;
    private readonly T _kept;
    private readonly T _added;
    private readonly T _momentum;
    private readonly T _rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MomentumKernel(in SgdStep step)
    {
        _decay = BufferUpdate.Round<T>(step.WeightDecay);

        // The first step copies the gradient to the momentum.
        _kept = BufferUpdate.Round<T>(step.IsFirst ? 0 : step.Momentum);
        _added = BufferUpdate.Round<T>(step.IsFirst ? 1 : 1 - step.Dampening);
        _momentum = BufferUpdate.Round<T>(step.Momentum);
        _rate = BufferUpdate.Round<T>(step.LearningRate);
    }

    /// <inheritdoc/>
    public static int StateCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static bool TakesAnyWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MomentumKernel<T, TDecay, TNesterov> Create(in SgdStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (TDecay.IsSet)
            gradient += parameter * _decay;
        TLanes velocity = (state0 * _kept) + (gradient * _added);
        TLanes direction = TNesterov.IsSet ? gradient + (velocity * _momentum) : velocity;
        parameter -= direction * _rate;
        state0 = velocity;
    }
}
