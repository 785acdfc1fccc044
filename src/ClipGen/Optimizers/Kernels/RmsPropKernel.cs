using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// RMSProp (Tieleman and Hinton 2012; centered: Graves 2013). States: <c>square_avg</c>, then <c>momentum_buffer</c> with
/// <typeparamref name="TMomentum"/>, then <c>grad_avg</c> with <typeparamref name="TCentered"/>, without gaps.
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RmsPropKernel<T, TDecay, TMomentum, TCentered> Create(in RmsPropStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(ref Vector<T> parameter, Vector<T> gradient, ref Vector<T> state0, ref Vector<T> state1, ref Vector<T> state2)
    {
        if (TDecay.IsSet)
            gradient += new Vector<T>(_decay) * parameter;
        Vector<T> square = (new Vector<T>(_alpha) * state0) + (new Vector<T>(_alphaRest) * gradient * gradient);
        Vector<T> variance = square;
        if (TCentered.IsSet)
        {
            Vector<T> mean = (new Vector<T>(_alpha) * (TMomentum.IsSet ? state2 : state1)) + (new Vector<T>(_alphaRest) * gradient);
            variance -= mean * mean;
            if (TMomentum.IsSet)
                state2 = mean;
            else
                state1 = mean;
        }

        Vector<T> root = Vector.SquareRoot(variance) + new Vector<T>(_epsilon);
        if (TMomentum.IsSet)
        {
            Vector<T> velocity = (new Vector<T>(_momentum) * state1) + (gradient / root);
            parameter -= new Vector<T>(_rate) * velocity;
            state1 = velocity;
        }
        else
        {
            parameter -= new Vector<T>(_rate) * gradient / root;
        }

        state0 = square;
    }
}
