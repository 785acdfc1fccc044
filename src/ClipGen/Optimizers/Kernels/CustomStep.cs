namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The options of one step of one buffer by a custom update rule. States are in the order of <see cref="IUpdate.StateNames"/>.
/// </summary>
/// <param name="LearningRate">The learning rate of this buffer.</param>
/// <param name="WeightDecay">The weight decay of this buffer; 0 for none.</param>
/// <param name="Maximize">Whether the sign of the gradient is flipped.</param>
/// <param name="Step">The number of this step; 1 for the first.</param>
/// <param name="Update">The rule.</param>
internal readonly record struct CustomStep<TUpdate>(double LearningRate, double WeightDecay, bool Maximize, long Step, TUpdate Update)
    : IBufferStep
    where TUpdate : struct, IUpdate
{
    // Cached: the property may return a new list each time.
    private static readonly int StateCount = TUpdate.StateNames.Count;

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
        switch (StateCount)
        {
            case 0:
                Run<T, TState, NoState>(gradient, parameter, state0, state1, state2, change, zeroGradients);
                break;
            case 1:
                Run<T, TState, OneState>(gradient, parameter, state0, state1, state2, change, zeroGradients);
                break;
            case 2:
                Run<T, TState, TwoStates>(gradient, parameter, state0, state1, state2, change, zeroGradients);
                break;
            case IBufferStep.MostStates:
                Run<T, TState, ThreeStates>(gradient, parameter, state0, state1, state2, change, zeroGradients);
                break;
            default:
                throw new NotSupportedException(
                    $"'{typeof(TUpdate)}.{nameof(IUpdate.StateNames)}' has {StateCount} names; "
                    + $"an update rule keeps at most {IBufferStep.MostStates} states.");
        }
    }

    private void Run<T, TState, TStates>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool zeroGradients)
        where T : unmanaged
        where TState : unmanaged
        where TStates : struct, IStateCount =>
        BufferUpdate.Apply<T, TState, CustomKernel<TState, TUpdate, TStates>, CustomStep<TUpdate>>(
            gradient, parameter, state0, state1, state2, change, Maximize, zeroGradients, this);
}
