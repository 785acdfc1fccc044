using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Stepping;
using TorchSharp;

namespace ClipGen;

/// <summary>
/// Clips gradients and steps a TorchSharp optimizer in one call: <c>optimizer.ClipAndStep(1.0)</c> instead of
/// <c>torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)</c> and <c>optimizer.step()</c>.
/// </summary>
/// <remarks>
/// <para>
/// <c>SGD</c>, <c>RMSProp</c>, <c>Adam</c> and <c>AdamW</c> step in one pass if their parameters, gradients and states are dense float or
/// double tensors in the CPU's memory. Gradients are changed in registers, and written only to set them to zero. The step reads and writes
/// the optimizer's own state, so it can be mixed with learning rate schedulers, <c>state_dict()</c> and plain calls of <c>step()</c>. In
/// all other cases the gradients are clipped, and then the optimizer's own <c>step()</c> runs, with the same result.
/// </para>
/// <para>
/// Parameters that have no gradient or do not require one are skipped, and their steps are not counted. In a one-pass step, a parameter
/// that occurs twice is updated once.
/// </para>
/// <para>
/// If a gradient is not finite, nothing changes under <see cref="NonFinitePolicy.Throw"/>. Under <see cref="NonFinitePolicy.Zero"/> and
/// <see cref="NonFinitePolicy.Leave"/>, the step is skipped, and <see cref="ClipResult.Skipped"/> is true.
/// </para>
/// <para>
/// If <c>SGD</c> maximizes with weight decay, weights shrink as in PyTorch. TorchSharp's own <c>step()</c> lets them grow.
/// </para>
/// <para>
/// Autograd does not see a one-pass step as a change of the parameters. A second backward pass over a graph from before the step uses the
/// new parameters; after <c>step()</c> it would throw.
/// </para>
/// <para>
/// All tensors that a call creates are disposed of when it returns, except for the momentum of <c>SGD</c>, which the first step creates and
/// the optimizer owns. None is registered in the caller's disposal scope.
/// </para>
/// </remarks>
public static partial class TorchOptimizers
{
    /// <summary>
    /// Scales the gradients of the optimizer's parameters so that their common norm is at most <paramref name="maxNorm"/>, and steps.
    /// </summary>
    /// <param name="optimizer">The optimizer. The parameters of all its groups are clipped and updated.</param>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
    /// <param name="normType">
    /// The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.
    /// </param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it. PyTorch uses 1e-6.</param>
    /// <param name="scope">Whether one norm covers all gradients or each gradient has its own norm.</param>
    /// <param name="zeroGradients">
    /// Whether to set the gradients to zero afterwards, even if the step is skipped; <c>zero_grad()</c> is then not needed. Otherwise it is
    /// not specified whether the gradients are clipped afterwards.
    /// </param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="optimizerText">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was skipped.</returns>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient, parameter or state was changed. The message names
    /// the gradient by the position of its parameter among all parameters of the optimizer: <c>parameters[3]</c>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. Nothing was changed.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure must clip.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer,
        double maxNorm,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        bool zeroGradients = false,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(optimizer))] string? optimizerText = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ClipRule rule = ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon);
        return StepOperations.ClipAndStep(optimizer, rule, null, zeroGradients, new ClipSite(callerFile, callerMember, optimizerText));
    }

    /// <summary>
    /// Clips the gradients of a module by the limits that its attributes declare, as its <c>ClipGradients()</c> does, and steps all
    /// parameters of the optimizer.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">
    /// The module. Parameters of the optimizer that are not in the module, or that have <see cref="ClipIgnoreAttribute"/>, are updated with
    /// the unclipped gradient. Gradients of the module that the optimizer does not update count in the norm.
    /// </param>
    /// <param name="zeroGradients">Whether to set the gradients of the optimizer's parameters to zero afterwards.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure must clip.</exception>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipAndStep(this torch.optim.Optimizer optimizer, torch.nn.Module module, bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(module);
        return StepOperations.ClipAndStep(optimizer, module, null, null, zeroGradients);
    }

    /// <summary>
    /// Does the same as <see cref="ClipAndStep(torch.optim.Optimizer, torch.nn.Module, bool)"/>, with <paramref name="limit"/> instead of
    /// the limit that the module declares for all gradients. Limits of groups and members still apply. If the module declares no limit for
    /// all gradients, <paramref name="limit"/> replaces every limit.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">The module.</param>
    /// <param name="limit">The limit: greater than zero, in the units of the gradient.</param>
    /// <param name="zeroGradients">Whether to set the gradients of the optimizer's parameters to zero afterwards.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is zero, negative or NaN. Nothing was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure must clip.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer, torch.nn.Module module, double limit, bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(module);
        return StepOperations.ClipAndStep(optimizer, module, limit, null, zeroGradients);
    }

    /// <summary>
    /// Divides the gradients of the optimizer's parameters by the loss scale, clips them, and steps. If a gradient has overflowed, the step
    /// is skipped.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="maxNorm">The limit for the norm, in the units of the gradient divided by the loss scale; greater than zero.</param>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <param name="zeroGradients">Whether to set the gradients to zero afterwards, even if the step is skipped.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="optimizerText">Filled in by the compiler.</param>
    /// <returns>The norm of the gradients divided by the loss scale, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not greater than zero. Nothing was changed.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer,
        double maxNorm,
        LossScaler scaler,
        bool zeroGradients = false,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(optimizer))] string? optimizerText = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(scaler);
        var site = new ClipSite(callerFile, callerMember, optimizerText);
        return StepOperations.ClipAndStep(optimizer, ClipRule.Norm(maxNorm), scaler, zeroGradients, site);
    }

    /// <summary>
    /// Divides the gradients by the loss scale, clips those of a module by the limits that its attributes declare, and steps. If a gradient
    /// has overflowed, the step is skipped.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">The module.</param>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <param name="zeroGradients">Whether to set the gradients to zero afterwards, even if the step is skipped.</param>
    /// <returns>The norm of the gradients divided by the loss scale, what was done, and whether the step was skipped.</returns>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS.</exception>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer, torch.nn.Module module, LossScaler scaler, bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(scaler);
        return StepOperations.ClipAndStep(optimizer, module, null, scaler, zeroGradients);
    }
}
