namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The options of one step of one buffer by RMSProp. The states have fixed positions: <c>square_avg</c> is the first;
/// <c>momentum_buffer</c> the second, empty unless <see cref="Momentum"/> is greater than 0; <c>grad_avg</c> the third, empty unless
/// <see cref="Centered"/> is set.
/// </summary>
/// <param name="LearningRate">The learning rate of this buffer.</param>
/// <param name="Alpha">The decay of the mean square.</param>
/// <param name="Epsilon">A number added to the root of the mean square.</param>
/// <param name="WeightDecay">The weight decay of this buffer, added to the gradient; 0 for none.</param>
/// <param name="Momentum">The momentum factor; 0 for none.</param>
/// <param name="Centered">Whether the step divides by the root of the variance instead of the mean square.</param>
/// <param name="Maximize">Whether the sign of the gradient is flipped.</param>
internal readonly record struct RmsPropStep(
    double LearningRate,
    double Alpha,
    double Epsilon,
    double WeightDecay,
    double Momentum,
    bool Centered,
    bool Maximize) : IBufferStep
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
        if (WeightDecay == 0)
            Apply<T, TState, Off>(gradient, parameter, state0, state1, state2, change, zeroGradients);
        else
            Apply<T, TState, On>(gradient, parameter, state0, state1, state2, change, zeroGradients);
    }

    private void Apply<T, TState, TDecay>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool zeroGradients)
        where T : unmanaged
        where TState : unmanaged
        where TDecay : struct, IFlag
    {
        // The kernel expects its states without gaps.
        bool hasMomentum = Momentum > 0;
        if (!hasMomentum && !Centered)
            Run<T, TState, RmsPropKernel<TState, TDecay, Off, Off>>(gradient, parameter, state0, [], [], change, zeroGradients);
        else if (!hasMomentum)
            Run<T, TState, RmsPropKernel<TState, TDecay, Off, On>>(gradient, parameter, state0, state2, [], change, zeroGradients);
        else if (!Centered)
            Run<T, TState, RmsPropKernel<TState, TDecay, On, Off>>(gradient, parameter, state0, state1, [], change, zeroGradients);
        else
            Run<T, TState, RmsPropKernel<TState, TDecay, On, On>>(gradient, parameter, state0, state1, state2, change, zeroGradients);
    }

    private void Run<T, TState, TKernel>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool zeroGradients)
        where T : unmanaged
        where TState : unmanaged
        where TKernel : struct, IUpdateKernel<TKernel, TState, RmsPropStep> =>
        BufferUpdate.Apply<T, TState, TKernel, RmsPropStep>(
            gradient, parameter, state0, state1, state2, change, Maximize, zeroGradients, this);
}
