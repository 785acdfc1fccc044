using System.Runtime.CompilerServices;
using ClipGen.Observing;
using ClipGen.Torch.Stepping;
using TorchSharp;

namespace ClipGen;

/// <content>Overloads for adaptive limits.</content>
public static partial class TorchOptimizers
{
    /// <summary>
    /// Scales the gradients of the optimizer's parameters so that they are within an adaptive limit, updates the limit, and steps.
    /// </summary>
    /// <param name="optimizer">The optimizer. The parameters of all its groups are clipped and updated.</param>
    /// <param name="limit">
    /// The limit. It contains its state, so use the same object for every step. A skipped step does not change it.
    /// </param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="zeroGradients">Whether to set the gradients to zero afterwards, even if the step is skipped.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="optimizerText">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure must clip.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        bool zeroGradients = false,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(optimizer))] string? optimizerText = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(limit);
        var site = new ClipSite(callerFile, callerMember, optimizerText);
        return StepOperations.ClipAndStep(optimizer, limit, nonFinite, null, zeroGradients, site);
    }

    /// <summary>
    /// Divides the gradients of the optimizer's parameters by the loss scale, clips them by an adaptive limit, and steps. If a gradient has
    /// overflowed, the step is skipped.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="limit">The limit. It contains its state, in the units of the gradient divided by the loss scale.</param>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <param name="zeroGradients">Whether to set the gradients to zero afterwards, even if the step is skipped.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="optimizerText">Filled in by the compiler.</param>
    /// <returns>The norm of the gradients divided by the loss scale, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer,
        AdaptiveLimit limit,
        LossScaler scaler,
        bool zeroGradients = false,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(optimizer))] string? optimizerText = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(scaler);
        var site = new ClipSite(callerFile, callerMember, optimizerText);
        return StepOperations.ClipAndStep(optimizer, limit, NonFinitePolicy.Throw, scaler, zeroGradients, site);
    }
}
