namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The options of one step of one buffer by gradient descent. State: <c>momentum_buffer</c>, unless <see cref="Momentum"/> is 0.
/// </summary>
/// <param name="LearningRate">The learning rate of this buffer.</param>
/// <param name="Momentum">The momentum factor; 0 for none.</param>
/// <param name="Dampening">The share of the gradient that does not enter the momentum. The first step ignores it.</param>
/// <param name="WeightDecay">The weight decay of this buffer, added to the gradient; 0 for none.</param>
/// <param name="Nesterov">Whether to use Nesterov momentum.</param>
/// <param name="Maximize">Whether the sign of the gradient is flipped.</param>
/// <param name="IsFirst">Whether the state is overwritten instead of updated.</param>
internal readonly record struct SgdStep(
    double LearningRate,
    double Momentum,
    double Dampening,
    double WeightDecay,
    bool Nesterov,
    bool Maximize,
    bool IsFirst) : IBufferStep
{
    /// <inheritdoc/>
    public void Apply<T, TState>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool zeroGradients)
        where T : unmanaged
        where TState : unmanaged
    {
        if (Momentum == 0)
        {
            if (WeightDecay == 0)
                Run<T, TState, SgdKernel<TState, Off>>(gradient, parameter, state0, change, zeroGradients);
            else
                Run<T, TState, SgdKernel<TState, On>>(gradient, parameter, state0, change, zeroGradients);
            return;
        }

        // New memory may contain NaN, and 0·NaN is NaN.
        if (IsFirst)
            state0.Clear();
        if (WeightDecay == 0 && !Nesterov)
            Run<T, TState, MomentumKernel<TState, Off, Off>>(gradient, parameter, state0, change, zeroGradients);
        else if (WeightDecay == 0)
            Run<T, TState, MomentumKernel<TState, Off, On>>(gradient, parameter, state0, change, zeroGradients);
        else if (!Nesterov)
            Run<T, TState, MomentumKernel<TState, On, Off>>(gradient, parameter, state0, change, zeroGradients);
        else
            Run<T, TState, MomentumKernel<TState, On, On>>(gradient, parameter, state0, change, zeroGradients);
    }

    private void Run<T, TState, TKernel>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        in GradientChange change,
        bool zeroGradients)
        where T : unmanaged
        where TState : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, TState, SgdStep> =>
        BufferUpdate.Apply<T, TState, TKernel, SgdStep>(
            gradient, parameter, state0, [], [], change, Maximize, zeroGradients, this);
}
