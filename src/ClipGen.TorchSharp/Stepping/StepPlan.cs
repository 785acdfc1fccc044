using ClipGen.Numerics;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Kernels;
using ClipGen.Optimizers.Stepping;
using ClipGen.Torch.Gathering;

namespace ClipGen.Torch.Stepping;

/// <summary>What a clip does to the gradients of a step. Disposed of, its memory is given back.</summary>
internal readonly ref struct StepPlan
{
    private readonly BatchSource _gradients;
    private readonly ClipPlan _plan;

    private readonly PlannedChange _changes;

    /// <summary>Measures the gradients, and decides. Nothing is changed.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits, in the units of the gradients.</param>
    /// <param name="scaler">The loss scale of the gradients, or null.</param>
    /// <param name="report">Receives what is found and decided, or null.</param>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>.</exception>
    internal StepPlan(BatchSource gradients, ReadOnlySpan<ClipRule> rules, LossScaler? scaler = null, ClipReport? report = null)
    {
        _gradients = gradients;
        Unscale = 1 / (scaler?.Scale ?? 1);
        _plan = ClipPlanner.Plan(gradients, rules, isUntied: false, ranks: null, report);
        _plan.Skips |= scaler is not null && !_plan.Result.IsFinite;
        _changes = new PlannedChange(_plan, Unscale);
        Result = _plan.StepResult;
        if (_plan.Buffers is not { } table)
            return;
        foreach (ref readonly GradientEntry entry in table.Entries)
            HasTies |= entry.IsTied;
    }

    /// <summary>One over the loss scale, or 1.</summary>
    internal double Unscale { get; }

    /// <summary>What was found and is done, and whether the step is left out.</summary>
    internal ClipResult Result { get; }

    /// <summary>
    /// Whether a gradient lies in the memory of an earlier one. Then <see cref="ChangeOf"/> does not know what happens to it.
    /// </summary>
    internal bool HasTies { get; }

    /// <summary>Clips, before a step that is taken by itself.</summary>
    internal static ClipResult Clip(BatchSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport? report = null)
    {
        using var plan = new StepPlan(gradients, rules, report: report);
        plan.Apply();
        return plan.Result;
    }

    /// <summary>What happens to one gradient.</summary>
    /// <param name="ordinal">Its number, among those with elements.</param>
    internal GradientChange ChangeOf(int ordinal)
    {
        _changes.TryOf(ordinal, out GradientChange change);
        return change;
    }

    /// <summary>The buffer table that knows the factors of a gradient's units; null where they have none of their own.</summary>
    internal BufferTable? UnitsOf(int ordinal) =>
        _plan.Buffers is { } table && table[ordinal] is { UnitCount: > 0, Scale: true } ? table : null;

    /// <summary>What happens to a gradient that no limit is for: the loss scale is divided out.</summary>
    internal GradientChange Unlimited => _changes.OfOthers;

    /// <summary>Changes the gradients in place. Those of a step that is left out stay, unless the policy is to set them to zero.</summary>
    internal void Apply()
    {
        if (_plan.Zeros)
            Walk.Through(_gradients, default(Clear));
        else if ((_plan.Acts || Unscale != 1) && !_plan.Skips)
            UnscalePass.Run(_gradients, _plan, Unscale);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _plan.ReturnTable();
}
