using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Stepping;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <summary>
/// Divides the gradients of TorchSharp parameters by a loss scale and clips them, for training loops that call <c>optimizer.step()</c>
/// themselves: <c>scaler.Clip(model.parameters(), 1.0)</c>.
/// </summary>
/// <remarks>
/// <see cref="TorchOptimizers.ClipAndStep(torch.optim.Optimizer, double, LossScaler, bool, string, string, string)"/> does the same and
/// steps, in one pass. The same gradients are clipped as by <see cref="TorchGradients"/>, and gradients that share memory, are sparse or
/// are on another device are treated in the same way.
/// </remarks>
public static class TorchLossScaling
{
    /// <summary>
    /// Divides the gradients by the loss scale, and scales them so that their common norm is at most <paramref name="maxNorm"/>. If a
    /// gradient holds a NaN or an infinity, the loss scale shrinks, and all gradients stay unchanged (under
    /// <see cref="NonFinitePolicy.Zero"/>, they are set to zero).
    /// </summary>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <param name="parameters">The parameters. A gradient that is not finite is reported by its position here:
    /// <c>parameters[3]</c>.</param>
    /// <param name="maxNorm">The limit for the norm, in the units of the gradient divided by the loss scale; greater than zero.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="nonFinite">
    /// What to do with gradients that are not finite: <see cref="NonFinitePolicy.Zero"/> sets all gradients to zero; any other value leaves
    /// them unchanged.
    /// </param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it.</param>
    /// <param name="scope">Whether one norm covers all gradients or each gradient has its own norm.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    /// <returns>
    /// The norm of the gradients divided by the loss scale, and what was done. If <see cref="ClipResult.Skipped"/> is true, do not step.
    /// </returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. Nothing was changed.</exception>
    /// <example>
    /// <code>
    /// (loss * scaler.Scale).backward();
    /// if (!scaler.Clip(model.parameters(), 1.0).Skipped)
    ///     optimizer.step();
    /// </code>
    /// </example>
    public static ClipResult Clip(
        this LossScaler scaler,
        IEnumerable<Parameter> parameters,
        double maxNorm,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        ArgumentNullException.ThrowIfNull(parameters);
        var site = new ClipSite(callerFile, callerMember, parametersText);
        return UnscaledClip.Run(scaler, new(parameters), ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon), site);
    }

    /// <inheritdoc cref="Clip(LossScaler, IEnumerable{Parameter}, double, double,
    /// NonFinitePolicy, double, ClipScope, string, string, string)"/>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <param name="module">
    /// The module. Its registered parameters and those of its submodules are clipped. A gradient that is not finite is reported by the
    /// parameter's name.
    /// </param>
    /// <param name="maxNorm">The limit for the norm, in the units of the gradient divided by the loss scale; greater than zero.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <param name="nonFinite">What to do with gradients that are not finite.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it.</param>
    /// <param name="scope">Whether one norm covers all gradients or each gradient has its own norm.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="moduleText">Filled in by the compiler.</param>
    public static ClipResult Clip(
        this LossScaler scaler,
        torch.nn.Module module,
        double maxNorm,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(module))] string? moduleText = null)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        ArgumentNullException.ThrowIfNull(module);
        var site = new ClipSite(callerFile, callerMember, moduleText);
        return UnscaledClip.Run(scaler, new(module), ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon), site);
    }
}
