using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Kernels;
using ClipGen.Optimizers.Stepping;
using ClipGen.Torch.Gathering;

namespace ClipGen.Torch.Stepping;

/// <summary>The changes that a clip makes to the gradients of a step. <c>Dispose</c> returns its memory.</summary>
internal readonly ref struct StepPlan
{
    private readonly BatchSource _gradients;
    private readonly ClipPlan _plan;

    private readonly PlannedChange _changes;

    /// <summary>Measures the gradients and decides how to change them. Nothing is changed.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits, in the units of the gradients.</param>
    /// <param name="scaler">The loss scale of the gradients, or null.</param>
    /// <param name="report">Receives the results, or null.</param>
    /// <param name="ranks">The processes that hold other gradients of the same model, or null.</param>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>.</exception>
    internal StepPlan(
        BatchSource gradients,
        ReadOnlySpan<ClipRule> rules,
        LossScaler? scaler = null,
        ClipReport? report = null,
        RankExchange? ranks = null)
    {
        _gradients = gradients;
        Unscale = 1 / (scaler?.Scale ?? 1);
        _plan = ClipPlanner.Plan(gradients, rules, isUntied: false, ranks, report);
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

    /// <summary>The result of the clip, including whether the step is skipped.</summary>
    internal ClipResult Result { get; }

    /// <summary>
    /// Whether a gradient lies in the memory of an earlier one. <see cref="ChangeOf"/> is then not valid.
    /// </summary>
    internal bool HasTies { get; }

    /// <summary>Clips, for a step that is taken separately.</summary>
    internal static ClipResult Clip(
        BatchSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport? report = null, RankExchange? ranks = null)
    {
        using var plan = new StepPlan(gradients, rules, report: report, ranks: ranks);
        plan.Apply();
        return plan.Result;
    }

    /// <summary>The change of one gradient.</summary>
    /// <param name="ordinal">Its position among the gradients with elements.</param>
    internal GradientChange ChangeOf(int ordinal)
    {
        _changes.TryOf(ordinal, out GradientChange change);
        return change;
    }

    /// <summary>The buffer table with the factors of a gradient's units; null if the units have no separate factors.</summary>
    internal BufferTable? UnitsOf(int ordinal) =>
        _plan.Buffers is { } table && table[ordinal] is { UnitCount: > 0, Scale: true } ? table : null;

    /// <summary>The change of a gradient without a limit: a division by the loss scale.</summary>
    internal GradientChange Unlimited => _changes.OfOthers;

    /// <summary>
    /// Changes the gradients in place. If the step is skipped, they stay unchanged, or are set to zero if the policy says so.
    /// </summary>
    internal void Apply()
    {
        if (_plan.Zeros)
            Walk.Through(_gradients, default(Clear));
        else if ((_plan.Acts || Unscale != 1) && !_plan.Skips)
            UnscalePass.Run(_gradients, _plan, Unscale);
    }

    /// <summary>Returns the memory.</summary>
    public void Dispose() => _plan.ReturnTable();
}
