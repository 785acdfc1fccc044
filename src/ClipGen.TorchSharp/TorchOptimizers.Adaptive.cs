using ClipGen.Torch.Stepping;
using TorchSharp;

namespace ClipGen;

/// <content>Limits that follow the gradients.</content>
public static partial class TorchOptimizers
{
    /// <summary>Scales the gradients of the optimizer's parameters so that they are within a limit that follows them, and steps.</summary>
    /// <param name="optimizer">The optimizer. The parameters of all its groups are clipped and stepped.</param>
    /// <param name="limit">
    /// The limit. What it learns stays in it, so keep it from step to step. A step that is left out teaches nothing.
    /// </param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="zeroGradients">Whether the gradients are zero afterwards, also after a step that is left out.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was left out.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure has to clip.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(limit);
        return StepOperations.ClipAndStep(optimizer, limit, nonFinite, null, zeroGradients);
    }

    /// <summary>
    /// Divides the loss scale out of the gradients of the optimizer's parameters, clips them by a limit that follows them, and steps; or
    /// skips the step where a gradient has overflowed.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="limit">The limit. What it learns stays in it, in the units of the gradient without the loss scale.</param>
    /// <param name="scaler">The loss scale. It grows or shrinks by what is found.</param>
    /// <param name="zeroGradients">Whether the gradients are zero afterwards, also after a step that is skipped.</param>
    /// <returns>The norm of the gradients without the loss scale, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer, AdaptiveLimit limit, LossScaler scaler, bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(scaler);
        return StepOperations.ClipAndStep(optimizer, limit, NonFinitePolicy.Throw, scaler, zeroGradients);
    }
}
