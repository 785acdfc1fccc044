using ClipGen.Numerics;
using ClipGen.Numerics.Traversal;
using ClipGen.Torch.Gathering;
using TorchSharp;

namespace ClipGen.Torch.Stepping;

/// <summary>Clips gradients and steps an optimizer: in one pass where that is possible, else one after the other, with the same result.</summary>
internal static class StepOperations
{
    [ThreadStatic]
    private static ClippedOrdinals? _ordinals;

    /// <summary>Clips the gradients of all parameters of the optimizer.</summary>
    internal static ClipResult ClipAndStep(torch.optim.Optimizer optimizer, ReadOnlySpan<ClipRule> rules, bool zeroGradients) =>
        ClipAndStep(optimizer, null, rules, zeroGradients);

    /// <summary>Clips the gradients of a module, and steps all parameters of the optimizer.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="module">The module; null to clip the gradients of the optimizer's parameters.</param>
    /// <param name="rules">The limits.</param>
    /// <param name="zeroGradients">Whether the gradients of the optimizer's parameters are zero afterwards.</param>
    internal static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer, torch.nn.Module? module, ReadOnlySpan<ClipRule> rules, bool zeroGradients)
    {
        OwnStep.ThrowIfRefused(optimizer);

        // An optimizer in native code makes objects for its parameters.
        using DisposeScope? scope = optimizer is TorchSharp.Modules.OptimizerHelper ? null : torch.NewDisposeScope();
        SteppedParameters parameters = SteppedParameters.Rent(optimizer);
        GradientBatch clipped = parameters.Gradients;
        try
        {
            if (module is not null)
            {
                clipped = GradientBatch.Rent();
                clipped.Add(module);
            }

            return ClipAndStep(optimizer, parameters, clipped, rules, zeroGradients);
        }
        finally
        {
            if (clipped != parameters.Gradients)
                clipped.Return();
            parameters.Return();
        }
    }

    private static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer, SteppedParameters parameters, GradientBatch clipped, ReadOnlySpan<ClipRule> rules, bool zeroGradients)
    {
        FusedStep? step = clipped.HasIndirect ? null : FusedStep.TryRent(optimizer, parameters);
        try
        {
            if (step is null || !step.TryMarkRepeated())
                return OwnStep.ClipAndStep(optimizer, parameters, clipped, rules, zeroGradients);
            if (clipped != parameters.Gradients)
            {
                ClippedOrdinals ordinals = _ordinals ??= new ClippedOrdinals();
                ordinals.Read(clipped);
                step.Match(ordinals);
            }

            return ClipAndStep(step, parameters, clipped, rules, zeroGradients);
        }
        finally
        {
            step?.Return();
        }
    }

    private static ClipResult ClipAndStep(
        FusedStep step, SteppedParameters parameters, GradientBatch clipped, ReadOnlySpan<ClipRule> rules, bool zeroGradients)
    {
        var source = new BatchSource(clipped);
        var decision = ClipDecision.Of(source, rules);
        try
        {
            // Gradients that share memory are clipped once, before any of them is read.
            ClipResult result = decision.Result;
            if (result.Skipped || decision.HasTies)
                decision.Apply(source);
            if (!result.Skipped)
                step.Run(decision.HasTies ? null : decision, zeroGradients && !decision.HasTies);
            if (zeroGradients && (result.Skipped || decision.HasTies))
                BatchOperations.Zero(parameters.Gradients);
            return result;
        }
        finally
        {
            decision.Return();
        }
    }
}
