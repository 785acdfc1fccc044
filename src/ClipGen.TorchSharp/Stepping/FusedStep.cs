using ClipGen.Optimizers.Kernels;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>A step that changes gradients, parameters and states in one pass over memory, instead of the optimizer's own step.</summary>
internal abstract class FusedStep
{
    /// <summary>Whether fused steps are used at all. Only tests set it.</summary>
    internal static bool IsEnabled { get; set; } = true;

    /// <summary>
    /// Creates a step of the parameters if the optimizer's update is known and all tensors are dense float or double tensors in this
    /// process's memory. Returns null otherwise, and the optimizer must take its own step.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="parameters">Its parameters.</param>
    internal static FusedStep? TryRent(torch.optim.Optimizer optimizer, SteppedParameters parameters)
    {
        if (!IsEnabled || !OptimizerStates.IsUsable || parameters.Gradients.HasIndirect)
            return null;

        // A derived class may update in another way.
        Type type = optimizer.GetType();
        FusedStep? step =
            type == typeof(AdamW) ? FusedStep<AdamWRule, AdamStep>.Rent()
            : type == typeof(Adam) ? FusedStep<AdamRule, AdamStep>.Rent()
            : type == typeof(SGD) ? FusedStep<SgdRule, SgdStep>.Rent()
            : type == typeof(RMSProp) ? FusedStep<RmsPropRule, RmsPropStep>.Rent()
            : null;
        if (step is null)
            return null;
        bool isGathered = false;
        try
        {
            isGathered = step.TryGather((OptimizerHelper)optimizer, parameters);
        }
        finally
        {
            if (!isGathered)
                step.Return();
        }

        return isGathered ? step : null;
    }

    /// <summary>
    /// Assigns the clipped gradients to the parameters. Without this call, all gradients of the parameters are clipped, in their order.
    /// </summary>
    internal abstract void Match(ClippedOrdinals clipped);

    /// <summary>Marks parameters that occur twice. Returns false if parameters share memory in another way.</summary>
    internal abstract bool TryMarkRepeated();

    /// <summary>Steps, and changes the gradients as the plan of a clip says.</summary>
    /// <param name="plan">The plan. If it has ties, the gradients have been clipped already.</param>
    /// <param name="zeroGradients">Whether to set the gradients to zero in the same pass.</param>
    internal abstract void Run(in StepPlan plan, bool zeroGradients);

    /// <summary>Releases all references, and keeps the memory.</summary>
    internal abstract void Return();

    protected abstract bool TryGather(OptimizerHelper optimizer, SteppedParameters parameters);
}
