using ClipGen.Optimizers.Kernels;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>Maps the options and states of a TorchSharp optimizer to the runtime's update.</summary>
/// <typeparam name="TStep">The update.</typeparam>
internal interface IStepRule<TStep>
    where TStep : struct, IBufferStep
{
    /// <summary>Reads the options of a parameter group. Returns false if one is missing.</summary>
    static abstract bool TryRead(OptimizerOptions options, out TStep step);

    /// <summary>
    /// Gets the tensors of a state that the update reads and writes. A tensor within <paramref name="count"/> that is null is created
    /// before the step, as the optimizer does in its first step.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="step">The options.</param>
    /// <param name="tensors">Receives the tensors.</param>
    /// <param name="count">The number of tensors.</param>
    /// <returns>False if the state does not match the options.</returns>
    static abstract bool TryGetTensors(OptimizerState state, in TStep step, ref StateTensors tensors, out int count);

    /// <summary>Counts the step, and stores a tensor that was created for it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="created">The created tensor, or null.</param>
    /// <param name="step">The step of the previous parameter of the group; receives the step of this one.</param>
    static abstract void Begin(OptimizerState state, torch.Tensor? created, ref TStep step);
}
