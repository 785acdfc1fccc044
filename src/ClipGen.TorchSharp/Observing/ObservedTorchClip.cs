using System.Runtime.CompilerServices;
using ClipGen.Numerics;
using ClipGen.Observing;
using ClipGen.Torch.Gathering;
using TorchSharp;

namespace ClipGen.Torch.Observing;

/// <summary>
/// Clips gradients of TorchSharp and notifies observers once per clip. The operations of the runtime that a clip uses do not notify them.
/// </summary>
internal static class ObservedTorchClip
{
    /// <summary>Clips.</summary>
    /// <param name="batch">The gradients.</param>
    /// <param name="rules">The limits.</param>
    /// <param name="report">The caller's report, or null.</param>
    /// <param name="module">The module whose gradients they are, or null.</param>
    /// <param name="site">The call, where the limit is an argument of it.</param>
    internal static ClipResult Run(
        GradientBatch batch, ReadOnlySpan<ClipRule> rules, ClipReport? report, torch.nn.Module? module, in ClipSite site) =>
        ClipObservation.IsOn ? RunObserved(batch, rules, report, module, site) : BatchOperations.Clip(batch, rules, report);

    /// <summary>The name of the model in records: the module, or the call if there is no module.</summary>
    internal static ObservedModel ModelOf(torch.nn.Module? module, in ClipSite site) => module is null
        ? ObservedModel.OfCall(site)
        : ObservedModel.Of(module.GetType(), site, ModuleFingerprint.Of(module.GetType()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ClipResult RunObserved(
        GradientBatch batch, ReadOnlySpan<ClipRule> rules, ClipReport? report, torch.nn.Module? module, in ClipSite site)
    {
        using var observed = new ObservedClip(ModelOf(module, site), rules, report);
        try
        {
            ClipResult result = BatchOperations.Clip(batch, rules, observed.Report);
            observed.Complete(result);
            return result;
        }
        catch (NonFiniteGradientException) when (observed.Fail())
        {
            throw;
        }
    }
}
