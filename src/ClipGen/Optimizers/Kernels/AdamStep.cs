namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The options of one step of one buffer by Adam or AdamW. States: <c>exp_avg</c>, <c>exp_avg_sq</c>, and with <see cref="AmsGrad"/>
/// <c>max_exp_avg_sq</c>. The bias corrections are computed once: for other buffers of the same step, change a copy (<c>step with {
/// WeightDecay = 0 }</c>).
/// </summary>
/// <param name="LearningRate">The learning rate of this buffer.</param>
/// <param name="Beta1">The decay of the mean, at least 0 and less than 1.</param>
/// <param name="Beta2">The decay of the mean square, at least 0 and less than 1.</param>
/// <param name="Epsilon">Added to the root of the mean square.</param>
/// <param name="WeightDecay">The weight decay of this buffer; 0 for none.</param>
/// <param name="IsDecoupled">Whether the decay shrinks the parameter (AdamW) or is added to the gradient (Adam).</param>
/// <param name="AmsGrad">Whether the step divides by the largest mean square so far.</param>
/// <param name="Maximize">Whether the sign of the gradient is flipped.</param>
/// <param name="Step">The number of this step; 1 for the first.</param>
internal readonly record struct AdamStep(
    double LearningRate,
    double Beta1,
    double Beta2,
    double Epsilon,
    double WeightDecay,
    bool IsDecoupled,
    bool AmsGrad,
    bool Maximize,
    long Step) : IBufferStep
{
    /// <summary>The decay of the mean.</summary>
    internal double Beta1 { get; } = Beta1;

    /// <summary>The decay of the mean square.</summary>
    internal double Beta2 { get; } = Beta2;

    /// <summary>The number of this step.</summary>
    internal long Step { get; } = Step;

    /// <summary>1 − β₁ᵗ.</summary>
    internal double BiasCorrection1 { get; } = 1 - WholePower.Of(Beta1, Step);

    /// <summary>1/√(1 − β₂ᵗ).</summary>
    internal double RootCorrection { get; } = 1 / Math.Sqrt(1 - WholePower.Of(Beta2, Step));

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
        bool isAdded = WeightDecay != 0 && !IsDecoupled;
        if (!isAdded && !AmsGrad)
            Run<T, TState, AdamKernel<TState, Off, Off>>(gradient, parameter, state0, state1, state2, change, zeroGradients);
        else if (!isAdded)
            Run<T, TState, AdamKernel<TState, Off, On>>(gradient, parameter, state0, state1, state2, change, zeroGradients);
        else if (!AmsGrad)
            Run<T, TState, AdamKernel<TState, On, Off>>(gradient, parameter, state0, state1, state2, change, zeroGradients);
        else
            Run<T, TState, AdamKernel<TState, On, On>>(gradient, parameter, state0, state1, state2, change, zeroGradients);
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
        where TKernel : struct, IUpdateKernel<TKernel, TState, AdamStep> =>
        BufferUpdate.Apply<T, TState, TKernel, AdamStep>(
            gradient, parameter, state0, state1, state2, change, Maximize, zeroGradients, this);
}
