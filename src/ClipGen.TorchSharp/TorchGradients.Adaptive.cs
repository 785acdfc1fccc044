using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <content>Limits that follow the gradients.</content>
public static partial class TorchGradients
{
    /// <summary>Scales the gradients so that they are within a limit that follows them.</summary>
    /// <param name="parameters">The parameters. A NaN or an infinity is reported by its position here: <c>parameters[3]</c>.</param>
    /// <param name="limit">The limit. What it learns stays in it, so keep it from step to step.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives, of every gradient, what was found and done.</param>
    /// <returns>The norm before clipping, and what was done.</returns>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity, and the policy is to throw. No gradient was changed.
    /// </exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ClipResult ClipNorm(
        IEnumerable<Parameter> parameters,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ReadOnlySpan<ClipRule> rules = limit.Bind(nonFinite);
        GradientBatch batch = RentFor(rules);
        try
        {
            batch.Add(parameters);
            return BatchOperations.Clip(batch, rules, report);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipNorm(IEnumerable{Parameter}, AdaptiveLimit, NonFinitePolicy, ClipReport)"/>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> gives them.</param>
    /// <param name="limit">The limit. What it learns stays in it, so keep it from step to step.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives, of every gradient, what was found and done.</param>
    public static ClipResult ClipNorm(
        IEnumerable<(string Name, Parameter Parameter)> parameters,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ReadOnlySpan<ClipRule> rules = limit.Bind(nonFinite);
        GradientBatch batch = RentFor(rules);
        try
        {
            batch.Add(parameters);
            return BatchOperations.Clip(batch, rules, report);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <inheritdoc cref="ClipNorm(IEnumerable{Parameter}, AdaptiveLimit, NonFinitePolicy, ClipReport)"/>
    /// <param name="module">The module, whose registered parameters are clipped with those of its submodules. A NaN or an infinity is
    /// reported by the parameter's name: <c>encoder.layers.3.weight</c>. What <see cref="ClipIgnoreAttribute"/> leaves out in it is left
    /// out here too.</param>
    /// <param name="limit">The limit. What it learns stays in it, so keep it from step to step.</param>
    /// <param name="nonFinite">What to do when a gradient holds a NaN or an infinity.</param>
    /// <param name="report">Receives, of every gradient, what was found and done.</param>
    [OverloadResolutionPriority(1)]
    public static ClipResult ClipNorm(
        torch.nn.Module module,
        AdaptiveLimit limit,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        ClipReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return Torch.ModuleGradients.ClipBound(module, limit.Bind(nonFinite), report);
    }

    private static GradientBatch RentFor(ReadOnlySpan<ClipRule> rules)
    {
        GradientBatch batch = GradientBatch.Rent();
        if (ClipState.NeedsParameters(rules))
            batch.AskForUnits();
        return batch;
    }
}
