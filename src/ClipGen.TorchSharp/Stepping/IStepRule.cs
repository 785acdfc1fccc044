using ClipGen.Optimizers.Kernels;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>One of TorchSharp's optimizers: what its options and states mean to the runtime's update.</summary>
/// <typeparam name="TStep">The update.</typeparam>
internal interface IStepRule<TStep>
    where TStep : struct, IBufferStep
{
    /// <summary>Reads the options of a parameter group. False where one is missing.</summary>
    static abstract bool TryRead(OptimizerOptions options, out TStep step);

    /// <summary>
    /// Names the tensors of a state that the update reads and writes. A null within <paramref name="count"/> is created before the step, as
    /// the optimizer does in its first one.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="step">The options.</param>
    /// <param name="tensors">Receives the tensors.</param>
    /// <param name="count">The number of tensors.</param>
    /// <returns>False where the state is not as the options require.</returns>
    static abstract bool TryGetTensors(OptimizerState state, in TStep step, ref StateTensors tensors, out int count);

    /// <summary>Counts the step, and takes a tensor that was created for it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="created">The tensor that was null, or null.</param>
    /// <param name="step">What the last parameter of the group was stepped by; receives the step of this one.</param>
    static abstract void Begin(OptimizerState state, torch.Tensor? created, ref TStep step);
}
