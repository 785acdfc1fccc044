using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Stepping;
using TorchSharp;

namespace ClipGen;

/// <summary>
/// Clips gradients and steps one of TorchSharp's optimizers in one call: <c>optimizer.ClipAndStep(1.0)</c> in the place of
/// <c>torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)</c> and <c>optimizer.step()</c>.
/// </summary>
/// <remarks>
/// <para>
/// <c>SGD</c>, <c>RMSProp</c>, <c>Adam</c> and <c>AdamW</c> whose parameters, gradients and states are float or double, dense and in the
/// CPU's memory are stepped in one pass: gradients are changed in registers, and written only to set them to zero. What is read and written
/// is the optimizer's own state, so learning rate schedulers, <c>state_dict()</c> and plain calls of <c>step()</c> mix with these calls in
/// any order. Any other optimizer, device, layout or type of elements is clipped, and then takes its own <c>step()</c>, with the same
/// result.
/// </para>
/// <para>
/// Parameters without a gradient, and those that do not require one, are left out, and their steps are not counted. A parameter that occurs
/// twice steps once where the step is one pass.
/// </para>
/// <para>
/// Under <see cref="NonFinitePolicy.Throw"/>, nothing is changed when a gradient is not finite. Under <see cref="NonFinitePolicy.Zero"/>
/// and <see cref="NonFinitePolicy.Leave"/> the step is left out, which <see cref="ClipResult.Skipped"/> says.
/// </para>
/// <para>
/// Where <c>SGD</c> maximizes with weight decay, weights shrink as they do in PyTorch. TorchSharp's own <c>step()</c> lets them grow.
/// </para>
/// <para>
/// A step in one pass does not count as a change of the parameters for autograd: a second backward pass over a graph from before the step
/// computes with the new parameters, where it would throw after <c>step()</c>.
/// </para>
/// <para>
/// Nothing that is created here outlives a call, but for the momentum of <c>SGD</c>, which its first step creates and the optimizer owns.
/// Nothing is registered in the caller's disposal scope.
/// </para>
/// </remarks>
public static partial class TorchOptimizers
{
    /// <summary>
    /// Scales the gradients of the optimizer's parameters so that their common norm is at most <paramref name="maxNorm"/>, and steps.
    /// </summary>
    /// <param name="optimizer">The optimizer. The parameters of all its groups are clipped and stepped.</param>
    /// <param name="maxNorm">The largest norm that is left as it is; greater than zero.</param>
    /// <param name="normType">
    /// The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.
    /// </param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">Added to the norm before the limit is divided by it. PyTorch uses 1e-6.</param>
    /// <param name="scope">Whether one norm runs over all gradients or each has its own.</param>
    /// <param name="zeroGradients">
    /// Whether the gradients are zero afterwards, also after a step that is left out: they need no <c>zero_grad()</c> then. Otherwise what
    /// they hold afterwards is not specified: clipped or not.
    /// </param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="optimizerText">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was left out.</returns>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient, parameter or state was changed. The gradient is
    /// named by the position of its parameter among all of the optimizer's: <c>parameters[3]</c>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. Nothing was changed.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure has to clip.</exception>
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
    /// The module. Parameters of the optimizer that are not among its parameters, or that <see cref="ClipIgnoreAttribute"/> leaves out, are
    /// stepped with the gradient as it is. Gradients of the module that the optimizer does not step count in the norm.
    /// </param>
    /// <param name="zeroGradients">Whether the gradients of the optimizer's parameters are zero afterwards.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was left out.</returns>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure has to clip.</exception>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipAndStep(this torch.optim.Optimizer optimizer, torch.nn.Module module, bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(module);
        return StepOperations.ClipAndStep(optimizer, module, null, null, zeroGradients);
    }

    /// <summary>
    /// As <see cref="ClipAndStep(torch.optim.Optimizer, torch.nn.Module, bool)"/>, with <paramref name="limit"/> in the place of the limit
    /// that the module declares for all gradients; groups and members keep theirs. Where it declares none for all gradients, in the place
    /// of every one.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">The module.</param>
    /// <param name="limit">The limit: greater than zero, in the units of the gradient.</param>
    /// <param name="zeroGradients">Whether the gradients of the optimizer's parameters are zero afterwards.</param>
    /// <returns>The norm before clipping, what was done, and whether the step was left out.</returns>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is zero, negative or NaN. Nothing was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, whose closure has to clip.</exception>
    public static ClipResult ClipAndStep(
        this torch.optim.Optimizer optimizer, torch.nn.Module module, double limit, bool zeroGradients = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(module);
        return StepOperations.ClipAndStep(optimizer, module, limit, null, zeroGradients);
    }

    /// <summary>
    /// Divides the loss scale out of the gradients of the optimizer's parameters, clips them, and steps; or skips the step where a gradient
    /// has overflowed.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="maxNorm">The largest norm that is left as it is, in the units of the gradient without the loss scale; greater than
    /// zero.</param>
    /// <param name="scaler">The loss scale. It grows or shrinks by what is found.</param>
    /// <param name="zeroGradients">Whether the gradients are zero afterwards, also after a step that is skipped.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="optimizerText">Filled in by the compiler.</param>
    /// <returns>The norm of the gradients without the loss scale, what was done, and whether the step was skipped.</returns>
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
    /// Divides the loss scale out of the gradients, clips those of a module by the limits that its attributes declare, and steps; or skips
    /// the step where a gradient has overflowed.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">The module.</param>
    /// <param name="scaler">The loss scale. It grows or shrinks by what is found.</param>
    /// <param name="zeroGradients">Whether the gradients are zero afterwards, also after a step that is skipped.</param>
    /// <returns>The norm of the gradients without the loss scale, what was done, and whether the step was skipped.</returns>
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
