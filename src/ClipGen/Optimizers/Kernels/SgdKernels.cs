using System.Numerics;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SgdKernel<T, TDecay> Create(in SgdStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(ref Vector<T> parameter, Vector<T> gradient, ref Vector<T> state0, ref Vector<T> state1, ref Vector<T> state2)
    {
        if (TDecay.IsSet)
            gradient += new Vector<T>(_decay) * parameter;
        parameter -= new Vector<T>(_rate) * gradient;
    }
}

/// <summary>
/// Gradient descent with momentum (Sutskever et al. 2013, in the form that PyTorch gives it). State: <c>momentum_buffer</c>.
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

        // The first step takes the gradient as it is.
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MomentumKernel<T, TDecay, TNesterov> Create(in SgdStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(ref Vector<T> parameter, Vector<T> gradient, ref Vector<T> state0, ref Vector<T> state1, ref Vector<T> state2)
    {
        if (TDecay.IsSet)
            gradient += new Vector<T>(_decay) * parameter;
        Vector<T> velocity = (new Vector<T>(_kept) * state0) + (new Vector<T>(_added) * gradient);
        Vector<T> direction = TNesterov.IsSet ? gradient + (new Vector<T>(_momentum) * velocity) : velocity;
        parameter -= new Vector<T>(_rate) * direction;
        state0 = velocity;
    }
}
