using ClipGen.Numerics;
using TorchSharp;

namespace ClipGen.Torch.Stepping;

/// <summary>
/// A step that waits for the limits of a module. They are known to the module's generated code only, which hands them to <see cref="ModuleGradients"/> when it clips:
/// there the step takes the place of the clip.
/// </summary>
internal sealed class PendingStep(torch.optim.Optimizer optimizer, torch.nn.Module module, double? limit, bool zeroGradients)
{
    [ThreadStatic]
    private static PendingStep? _current;

    private bool _isTaken;

    /// <summary>Lets a module clip itself, and steps the optimizer.</summary>
    internal static ClipResult ClipAndStep(torch.optim.Optimizer optimizer, torch.nn.Module module, double? limit, bool zeroGradients)
    {
        if (module is not IClippable clippable)
        {
            throw new ArgumentException(
                $"{module.GetType().Name} declares no limit for its gradients. Put [ClipGradNorm(1.0)] on the class, which has to be partial, or give "
                + "the limit here: optimizer.ClipAndStep(1.0).",
                nameof(module));
        }

        OwnStep.ThrowIfRefused(optimizer);
        PendingStep? outer = _current;
        var step = new PendingStep(optimizer, module, limit, zeroGradients);
        _current = step;
        try
        {
            ClipResult result = clippable.ClipGradients();
            return step._isTaken ? result : step.StepAfter(result);
        }
        finally
        {
            _current = outer;
        }
    }

    /// <summary>The step that waits for this module's limits, if one does. It is handed out once.</summary>
    internal static PendingStep? TryTake(torch.nn.Module module)
    {
        PendingStep? step = _current;
        if (step is null || !step.IsFor(module))
            return null;
        _current = null;
        step._isTaken = true;
        return step;
    }

    /// <summary>Clips by the module's limits, and steps.</summary>
    internal ClipResult ClipAndStep(ReadOnlySpan<ClipRule> rules) => StepOperations.ClipAndStep(
        optimizer, module, limit is { } replaced ? ModuleGradients.WithLimit(rules, replaced) : rules, zeroGradients);

    private bool IsFor(torch.nn.Module other) => ReferenceEquals(module, other);

    // A module with a clip of its own making.
    private ClipResult StepAfter(ClipResult result)
    {
        if (limit is not null)
        {
            throw new NotSupportedException(
                $"{module.GetType().Name} implements {nameof(IClippable)} itself, so that its limit cannot be replaced. The gradients are clipped by the limit of "
                + "its own, and no step was taken.");
        }

        SteppedParameters parameters = SteppedParameters.Rent(optimizer);
        try
        {
            if (!result.IsFinite)
                result = result with { Skipped = true };
            else
                OwnStep.Step(optimizer, parameters);
            if (zeroGradients)
                Gathering.BatchOperations.Zero(parameters.Gradients);
            return result;
        }
        finally
        {
            parameters.Return();
        }
    }
}
