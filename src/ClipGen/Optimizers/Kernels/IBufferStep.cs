namespace ClipGen.Optimizers.Kernels;

/// <summary>One step of one buffer by one optimizer.</summary>
internal interface IBufferStep
{
    /// <summary>The maximum number of states of an update.</summary>
    internal const int MostStates = 3;

    /// <summary>Changes the gradient in registers, and updates the parameter and the states.</summary>
    /// <typeparam name="T">The type of gradients and parameters.</typeparam>
    /// <typeparam name="TState">
    /// The type of the states: <typeparamref name="T"/> where that is <see cref="float"/> or <see cref="double"/>; <see cref="float"/> for
    /// elements of 16 bits, whose arithmetic is in <see cref="float"/> as well.
    /// </typeparam>
    /// <param name="gradient">The gradient. It is written only if <paramref name="zeroGradients"/> is set.</param>
    /// <param name="parameter">The parameters, as many as there are gradients.</param>
    /// <param name="state0">The first state, as long as the parameter; empty if the optimizer has none.</param>
    /// <param name="state1">The second state, likewise.</param>
    /// <param name="state2">The third state, likewise.</param>
    /// <param name="change">The change of the gradient before the rule reads it.</param>
    /// <param name="zeroGradients">Whether zeros are stored in the gradient in the same pass.</param>
    void Apply<T, TState>(
        Span<T> gradient,
        Span<T> parameter,
        Span<TState> state0,
        Span<TState> state1,
        Span<TState> state2,
        in GradientChange change,
        bool zeroGradients)
        where T : unmanaged
        where TState : unmanaged;
}
