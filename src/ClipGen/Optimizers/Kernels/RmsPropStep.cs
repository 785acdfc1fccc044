namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// What one step of one buffer by RMSProp needs. States have fixed places: <c>square_avg</c> is the first; <c>momentum_buffer</c> the second, which is
/// empty unless <see cref="Momentum"/> is greater than 0; <c>grad_avg</c> the third, which is empty unless <see cref="Centered"/> is set.
/// </summary>
/// <param name="LearningRate">The learning rate of this buffer.</param>
/// <param name="Alpha">The decay of the mean square.</param>
/// <param name="Epsilon">Added to the root of the mean square.</param>
/// <param name="WeightDecay">The weight decay of this buffer, added to the gradient; 0 for none.</param>
/// <param name="Momentum">The share of the momentum that is kept; 0 for none.</param>
/// <param name="Centered">Whether the variance is divided by, rather than the mean square.</param>
/// <param name="Maximize">Whether the sign of the gradient is turned.</param>
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
        // The kernel has its states without gaps.
        bool hasMomentum = Momentum > 0;
        if (!hasMomentum && !Centered)
            Run(gradient, parameter, state0, [], [], change, zeroGradients, new RmsPropKernel<TState, TDecay, Off, Off>(this));
        else if (!hasMomentum)
            Run(gradient, parameter, state0, state2, [], change, zeroGradients, new RmsPropKernel<TState, TDecay, Off, On>(this));
        else if (!Centered)
            Run(gradient, parameter, state0, state1, [], change, zeroGradients, new RmsPropKernel<TState, TDecay, On, Off>(this));
        else
            Run(gradient, parameter, state0, state1, state2, change, zeroGradients, new RmsPropKernel<TState, TDecay, On, On>(this));
    }

    private void Run<T, TState, TKernel>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool zeroGradients,
        TKernel kernel)
        where T : unmanaged
        where TState : unmanaged
        where TKernel : struct, IUpdateKernel<TState> =>
        BufferUpdate.Apply(gradient, parameter, state0, state1, state2, change, Maximize, zeroGradients, kernel);
}
