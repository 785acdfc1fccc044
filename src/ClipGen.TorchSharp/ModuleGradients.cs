using System.ComponentModel;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Observing;
using TorchSharp;

namespace ClipGen.Torch;

/// <summary>
/// The operations that generated code offers on a module. They cover its registered parameters and those of its submodules, except for the
/// members that <see cref="IModuleGradients"/> excludes.
/// </summary>
/// <remarks>Exceptions are those of the same operation in <see cref="GradientOperations"/>.</remarks>
public static class ModuleGradients
{
    /// <summary>Clips all gradients by one rule. Groups are ignored.</summary>
    /// <param name="module">The module.</param>
    /// <param name="rule">The limit.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    public static ClipResult Clip(torch.nn.Module module, in ClipRule rule) =>
        ClipAndReport(module, new ReadOnlySpan<ClipRule>(in rule), null);

    /// <summary>Clips all gradients by one rule, and reports the result for every gradient. Groups are ignored.</summary>
    /// <param name="module">The module.</param>
    /// <param name="rule">The limit.</param>
    /// <param name="report">Receives the results.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    public static ClipResult Clip(torch.nn.Module module, in ClipRule rule, ClipReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipAndReport(module, new ReadOnlySpan<ClipRule>(in rule), report);
    }

    /// <summary>Clips by several rules, each for its own group.</summary>
    /// <param name="module">The module.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    public static ClipResult Clip(torch.nn.Module module, ReadOnlySpan<ClipRule> rules) => ClipAndReport(module, rules, null);

    /// <summary>Clips by several rules, each for its own group, and reports the result for every rule and gradient.</summary>
    /// <param name="module">The module.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="report">Receives the results.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    public static ClipResult Clip(torch.nn.Module module, ReadOnlySpan<ClipRule> rules, ClipReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipAndReport(module, rules, report);
    }

    /// <summary>
    /// Clips by several rules, with another limit instead of the one for all gradients. If there is none, it replaces every limit.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="limit">The limit.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    public static ClipResult Clip(torch.nn.Module module, ReadOnlySpan<ClipRule> rules, double limit) =>
        ClipAndReport(module, rules, null, limit: limit);

    /// <summary>
    /// Clips by several rules, with another limit instead of the one for all gradients, and reports the result for every rule and gradient.
    /// If there is no limit for all gradients, it replaces every limit.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="report">Receives the results.</param>
    /// <returns>The norm before clipping and what was done.</returns>
    public static ClipResult Clip(torch.nn.Module module, ReadOnlySpan<ClipRule> rules, double limit, ClipReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipAndReport(module, rules, report, limit: limit);
    }

    /// <summary>The norm over all gradients, as if they were one vector.</summary>
    /// <param name="module">The module.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <returns>The norm; 0 if there are no gradients.</returns>
    public static double Norm(torch.nn.Module module, double normType = 2.0)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(module);
            return BatchOperations.Norm(batch, normType);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>Multiplies all gradients by one factor.</summary>
    /// <param name="module">The module.</param>
    /// <param name="factor">The factor.</param>
    public static void Scale(torch.nn.Module module, double factor)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(module);
            BatchOperations.Scale(batch, factor);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>Sets all gradients to zero. The tensors are kept, as with <c>zero_grad(set_to_none: false)</c>.</summary>
    /// <param name="module">The module.</param>
    public static void Zero(torch.nn.Module module)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(module);
            BatchOperations.Zero(batch);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>
    /// The names of the parameters that have a gradient, such as <c>encoder.layers.3.weight</c>. Tied parameters appear once.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <returns>A new list.</returns>
    public static IReadOnlyList<string> Names(torch.nn.Module module)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(module);
            return BatchOperations.Names(batch);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>The norm of each gradient on its own, in the order of <see cref="Names"/>.</summary>
    /// <param name="module">The module.</param>
    /// <param name="norms">Receives the norms.</param>
    /// <param name="normType">The order of the norms.</param>
    /// <returns>The number of norms written.</returns>
    public static int Norms(torch.nn.Module module, Span<double> norms, double normType = 2.0)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(module);
            return BatchOperations.Norms(batch, norms, normType);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>Passes the gradients to a visitor, for a model that contains the module but is not a module itself.</summary>
    /// <typeparam name="TVisitor">The operation.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="visitor">Receives the gradients.</param>
    /// <exception cref="NotSupportedException">A gradient is not a dense float, double or half tensor on the CPU.</exception>
    public static void Visit<TVisitor>(torch.nn.Module module, ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.AddWithParameters(module);
            BatchOperations.ThrowIfIndirect(batch);
            new BatchSource(batch).VisitGradients(ref visitor);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>Runs an operation over the gradients of the module.</summary>
    /// <typeparam name="TOperation">The operation.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="rules">The limits that it declares.</param>
    /// <param name="operation">Receives the gradients.</param>
    /// <exception cref="NotSupportedException">A gradient is not a dense float, double or half tensor on the CPU.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void Run<TOperation>(torch.nn.Module module, ReadOnlySpan<ClipRule> rules, ref TOperation operation)
        where TOperation : struct, IModelOperation
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.AddWithParameters(module);
            BatchOperations.ThrowIfIndirect(batch);
            operation.Run(new BatchSource(batch), rules, isUntied: false);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>Clips a module by its declared limits, with the states of adaptive limits.</summary>
    internal static ClipResult ClipAndReport(
        torch.nn.Module module, ReadOnlySpan<ClipRule> rules, ClipReport? report, in ClipSite site = default, double? limit = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (ClipState.For(module, rules) is { } state)
            return ClipBound(module, state.Bind(rules, limit), report, site);
        if (limit is not { } number)
            return ClipBound(module, rules, report, site);
        var replaced = new ClipRule[rules.Length];
        GradientOperations.ReplaceLimit(rules, number, replaced);
        return ClipBound(module, replaced, report, site);
    }

    /// <summary>Clips by rules that already have their limits or states.</summary>
    internal static ClipResult ClipBound(
        torch.nn.Module module, ReadOnlySpan<ClipRule> rules, ClipReport? report, in ClipSite site = default)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            if (ClipState.NeedsParameters(rules))
                batch.AskForUnits();
            batch.Add(module);
            return ObservedTorchClip.Run(batch, rules, report, module, site);
        }
        finally
        {
            batch.Return();
        }
    }
}
