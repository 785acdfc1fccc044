using ClipGen.Optimizers.Kernels;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>A step that changes gradients, parameters and states in one pass over memory, in the place of the optimizer's own.</summary>
internal abstract class FusedStep
{
    /// <summary>Whether fused steps are taken at all. To be set by tests only.</summary>
    internal static bool IsEnabled { get; set; } = true;

    /// <summary>
    /// A step of the parameters, if the optimizer is one whose update is known, and all tensors are float or double, dense and in this
    /// process's memory. Else null: then the optimizer has to take its own.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="parameters">Its parameters.</param>
    internal static FusedStep? TryRent(torch.optim.Optimizer optimizer, SteppedParameters parameters)
    {
        if (!IsEnabled || !OptimizerStates.IsUsable || parameters.Gradients.HasIndirect)
            return null;

        // A derived class may step in another way.
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
    /// Says which of the clipped gradients belongs to which parameter. Without it, all gradients of the parameters are clipped, in their
    /// order.
    /// </summary>
    internal abstract void Match(ClippedOrdinals clipped);

    /// <summary>Marks parameters that occur twice. False where parameters share memory in another way.</summary>
    internal abstract bool TryMarkRepeated();

    /// <summary>Steps, with the gradients changed as a clip has decided.</summary>
    /// <param name="plan">The decision. Where it has ties, gradients have been clipped already.</param>
    /// <param name="zeroGradients">Whether the gradients are set to zero on the way.</param>
    internal abstract void Run(in StepPlan plan, bool zeroGradients);

    /// <summary>Lets go of everything, and keeps the memory.</summary>
    internal abstract void Return();

    protected abstract bool TryGather(OptimizerHelper optimizer, SteppedParameters parameters);
}
