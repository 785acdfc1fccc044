using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Observing;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <summary>
/// Clips the gradients of TorchSharp parameters without declarations. The arguments are those of <c>torch.nn.utils.clip_grad_norm_</c> and
/// <c>clip_grad_value_</c>; the remarks list the differences.
/// </summary>
/// <remarks>
/// <para>
/// The methods clip the <c>.grad</c> of every parameter that requires and has one. Dense float, double, half and bfloat16 gradients in the
/// CPU's memory are read and scaled in place. For gradients with gaps between their elements, and for expanded, sparse and complex
/// gradients, a dense copy is used, with the same result. When expanded and sparse gradients are clipped, new tensors replace them.
/// </para>
/// <para>
/// Tied parameters count once. A gradient whose elements all lie in the memory of earlier gradients also counts once. Gradients that
/// overlap in another way cause an <see cref="InvalidOperationException"/>.
/// </para>
/// <para>
/// Gradients on other devices are measured and scaled there. One clip copies their norms to the CPU once, and launches no operation on the
/// device if no limit is exceeded. Their norms are also within 1e-6 of the exact value. The last bits may differ from those of the CPU.
/// </para>
/// <para>
/// All tensors that a call creates are disposed of when it returns, and none is registered in the caller's disposal scope. Several threads
/// may clip different models at the same time.
/// </para>
/// <para>
/// Unlike <c>clip_grad_norm_</c>, a NaN or an infinity throws instead of spreading to all gradients
/// (<see cref="NonFinitePolicy.Propagate"/> restores that), the norm is summed without overflow and without loss of digits, gradients
/// within the limit are not changed, and 1e-6 is not added to the norm unless <c>epsilon</c> says so.
/// </para>
/// </remarks>
public static partial class TorchGradients
{
    /// <summary>Scales the gradients so that their common norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">The parameters. A NaN or an infinity is reported by its position here: <c>parameters[3]</c>.</param>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it. PyTorch uses 1e-6.</param>
    /// <param name="scope">Whether one norm covers all gradients or each gradient has its own norm.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="NonFiniteGradientException">A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was
    /// changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range. No gradient was changed.</exception>
    public static ClipResult ClipNorm(
        IEnumerable<Parameter> parameters,
        double maxNorm,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            ClipRule rule = ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon);
            var site = new ClipSite(callerFile, callerMember, parametersText);
            return ObservedTorchClip.Run(batch, new ReadOnlySpan<ClipRule>(in rule), report, null, site);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipNorm(IEnumerable{Parameter}, double, double,
    /// NonFinitePolicy, double, ClipScope, ClipReport, string, string, string)"/>
    /// <param name="parameters">
    /// The parameters with their names, as <c>named_parameters()</c> returns them. If two have the same name, the second is reported as
    /// <c>weight#2</c>.
    /// </param>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it.</param>
    /// <param name="scope">Whether one norm covers all gradients or each gradient has its own norm.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    public static ClipResult ClipNorm(
        IEnumerable<(string Name, Parameter Parameter)> parameters,
        double maxNorm,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            ClipRule rule = ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon);
            var site = new ClipSite(callerFile, callerMember, parametersText);
            return ObservedTorchClip.Run(batch, new ReadOnlySpan<ClipRule>(in rule), report, null, site);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipNorm(IEnumerable{Parameter}, double, double,
    /// NonFinitePolicy, double, ClipScope, ClipReport, string, string, string)"/>
    /// <param name="module">
    /// The module. Its registered parameters and those of its submodules are clipped, except for members with
    /// <see cref="ClipIgnoreAttribute"/>. A NaN or an infinity is reported by the parameter's name: <c>encoder.layers.3.weight</c>.
    /// </param>
    /// <param name="maxNorm">The limit for the norm; greater than zero.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="epsilon">A number added to the norm before the limit is divided by it.</param>
    /// <param name="scope">Whether one norm covers all gradients or each gradient has its own norm.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="moduleText">Filled in by the compiler.</param>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipNorm(
        torch.nn.Module module,
        double maxNorm,
        double normType = 2.0,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        ClipScope scope = ClipScope.Global,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(module))] string? moduleText = null) =>
        Torch.ModuleGradients.ClipAndReport(
            module,
            [ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon)],
            report,
            new ClipSite(callerFile, callerMember, moduleText));

    /// <summary>
    /// Clamps every element of the gradients to ±<paramref name="clipValue"/>. Infinities become ±<paramref name="clipValue"/>; NaN stays
    /// NaN.
    /// </summary>
    /// <param name="parameters">The parameters. A NaN is reported by its position here: <c>parameters[3]</c>.</param>
    /// <param name="clipValue">The limit for the magnitude of each element; greater than zero.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    /// <returns>The L2 norm before clipping, and what was done.</returns>
    /// <exception cref="NonFiniteGradientException">A gradient holds a NaN, and the policy is to throw. No gradient was
    /// changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clipValue"/> is not greater than zero. No gradient was
    /// changed.</exception>
    public static ClipResult ClipValue(
        IEnumerable<Parameter> parameters,
        double clipValue,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            ClipRule rule = ClipRule.Value(clipValue, nonFinite);
            var site = new ClipSite(callerFile, callerMember, parametersText);
            return ObservedTorchClip.Run(batch, new ReadOnlySpan<ClipRule>(in rule), report, null, site);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipValue(IEnumerable{Parameter}, double, NonFinitePolicy, ClipReport, string, string, string)"/>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> returns them.</param>
    /// <param name="clipValue">The limit for the magnitude of each element; greater than zero.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    public static ClipResult ClipValue(
        IEnumerable<(string Name, Parameter Parameter)> parameters,
        double clipValue,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            ClipRule rule = ClipRule.Value(clipValue, nonFinite);
            var site = new ClipSite(callerFile, callerMember, parametersText);
            return ObservedTorchClip.Run(batch, new ReadOnlySpan<ClipRule>(in rule), report, null, site);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipValue(IEnumerable{Parameter}, double, NonFinitePolicy, ClipReport, string, string, string)"/>
    /// <param name="module">The module. Its registered parameters and those of its submodules are clipped.</param>
    /// <param name="clipValue">The limit for the magnitude of each element; greater than zero.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="moduleText">Filled in by the compiler.</param>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipValue(
        torch.nn.Module module,
        double clipValue,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(module))] string? moduleText = null) =>
        Torch.ModuleGradients.ClipAndReport(
            module, [ClipRule.Value(clipValue, nonFinite)], report, new ClipSite(callerFile, callerMember, moduleText));

    /// <summary>Computes the norm over the gradients of all parameters, as if they were one vector. Nothing is changed.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="normType">The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or infinite for the largest magnitude.</param>
    /// <returns>The norm; 0 if there are no gradients; infinite or NaN if a gradient is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than zero.</exception>
    public static double Norm(IEnumerable<Parameter> parameters, double normType = 2.0)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            return BatchOperations.Norm(batch, normType);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="Norm(IEnumerable{Parameter}, double)"/>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> returns them.</param>
    /// <param name="normType">The order of the norm.</param>
    public static double Norm(IEnumerable<(string Name, Parameter Parameter)> parameters, double normType = 2.0)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            return BatchOperations.Norm(batch, normType);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="Norm(IEnumerable{Parameter}, double)"/>
    /// <param name="module">The module. Its registered parameters and those of its submodules are measured.</param>
    /// <param name="normType">The order of the norm.</param>
    [OverloadResolutionPriority(1)]
    public static double Norm(torch.nn.Module module, double normType = 2.0) => Torch.ModuleGradients.Norm(module, normType);
}
