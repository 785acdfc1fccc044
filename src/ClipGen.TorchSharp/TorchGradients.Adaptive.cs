using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Observing;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <content>Overloads for adaptive limits.</content>
public static partial class TorchGradients
{
    /// <summary>Scales the gradients so that their norms are within an adaptive limit, and updates the limit.</summary>
    /// <param name="parameters">The parameters. A NaN or an infinity is reported by its position here: <c>parameters[3]</c>.</param>
    /// <param name="limit">The limit. It contains its state, so use the same object for every step.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ClipResult ClipNorm(
        IEnumerable<Parameter> parameters,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ReadOnlySpan<ClipRule> rules = limit.Bind(nonFinite);
        GradientBatch batch = RentFor(rules);
        try
        {
            batch.Add(parameters);
            return ObservedTorchClip.Run(batch, rules, report, null, new ClipSite(callerFile, callerMember, parametersText));
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipNorm(IEnumerable{Parameter}, AdaptiveLimit, NonFinitePolicy, ClipReport, string, string, string)"/>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> returns them.</param>
    /// <param name="limit">The limit. It contains its state, so use the same object for every step.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="parametersText">Filled in by the compiler.</param>
    public static ClipResult ClipNorm(
        IEnumerable<(string Name, Parameter Parameter)> parameters,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(parameters))] string? parametersText = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ReadOnlySpan<ClipRule> rules = limit.Bind(nonFinite);
        GradientBatch batch = RentFor(rules);
        try
        {
            batch.Add(parameters);
            return ObservedTorchClip.Run(batch, rules, report, null, new ClipSite(callerFile, callerMember, parametersText));
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipNorm(IEnumerable{Parameter}, AdaptiveLimit, NonFinitePolicy, ClipReport, string, string, string)"/>
    /// <param name="module">
    /// The module. Its registered parameters and those of its submodules are clipped, except for members with
    /// <see cref="ClipIgnoreAttribute"/>. A NaN or an infinity is reported by the parameter's name: <c>encoder.layers.3.weight</c>.
    /// </param>
    /// <param name="limit">The limit. It contains its state, so use the same object for every step.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives the result for every gradient.</param>
    /// <param name="callerFile">Filled in by the compiler, for records of the run.</param>
    /// <param name="callerMember">Filled in by the compiler.</param>
    /// <param name="moduleText">Filled in by the compiler.</param>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipNorm(
        torch.nn.Module module,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null,
        [CallerFilePath] string? callerFile = null,
        [CallerMemberName] string? callerMember = null,
        [CallerArgumentExpression(nameof(module))] string? moduleText = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return Torch.ModuleGradients.ClipBound(
            module, limit.Bind(nonFinite), report, new ClipSite(callerFile, callerMember, moduleText));
    }

    private static GradientBatch RentFor(ReadOnlySpan<ClipRule> rules)
    {
        GradientBatch batch = GradientBatch.Rent();
        if (ClipState.NeedsParameters(rules))
            batch.AskForUnits();
        return batch;
    }
}
