using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// RMSProp (Tieleman and Hinton 2012; centered: Graves 2013). States: <c>square_avg</c>, then <c>momentum_buffer</c> with
/// <typeparamref name="TMomentum"/>, then <c>grad_avg</c> with <typeparamref name="TCentered"/>. Without momentum, <c>grad_avg</c> is the
/// second state.
/// </summary>
internal readonly struct RmsPropKernel<T, TDecay, TMomentum, TCentered>
    : IUpdateKernel<RmsPropKernel<T, TDecay, TMomentum, TCentered>, T, RmsPropStep>
    where T : unmanaged
    where TDecay : struct, IFlag
    where TMomentum : struct, IFlag
    where TCentered : struct, IFlag
{
    private readonly T _decay;
    private readonly T _alpha;
    private readonly T _alphaRest;
    private readonly T _epsilon;
    private readonly T _momentum;
    private readonly T _rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RmsPropKernel(in RmsPropStep step)
    {
        _decay = BufferUpdate.Round<T>(step.WeightDecay);
        _alpha = BufferUpdate.Round<T>(step.Alpha);
        _alphaRest = BufferUpdate.Round<T>(1 - step.Alpha);
        _epsilon = BufferUpdate.Round<T>(step.Epsilon);
        _momentum = BufferUpdate.Round<T>(step.Momentum);
        _rate = BufferUpdate.Round<T>(step.LearningRate);
    }

    /// <inheritdoc/>
    public static int StateCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1 + (TMomentum.IsSet ? 1 : 0) + (TCentered.IsSet ? 1 : 0);
    }

    /// <inheritdoc/>
    public static bool TakesAnyWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RmsPropKernel<T, TDecay, TMomentum, TCentered> Create(in RmsPropStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (TDecay.IsSet)
            gradient += parameter * _decay;
        TLanes square = (state0 * _alpha) + (gradient * _alphaRest * gradient);
        TLanes variance = square;
        if (TCentered.IsSet)
        {
            TLanes mean = ((TMomentum.IsSet ? state2 : state1) * _alpha) + (gradient * _alphaRest);
            variance -= mean * mean;
            if (TMomentum.IsSet)
                state2 = mean;
            else
                state1 = mean;
        }

        TLanes root = TLanes.SquareRoot(variance) + _epsilon;
        if (TMomentum.IsSet)
        {
            TLanes velocity = (state1 * _momentum) + (gradient / root);
            parameter -= velocity * _rate;
            state1 = velocity;
        }
        else
        {
            parameter -= gradient * _rate / root;
        }

        state0 = square;
    }
}
