using ClipGen.Numerics;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Traversal;
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

    /// <summary>Measures the gradients, and decides. Nothing is changed.</summary>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>.</exception>
    internal StepPlan(BatchSource gradients, ReadOnlySpan<ClipRule> rules)
    {
        _gradients = gradients;
        _plan = ClipPlanner.Plan(gradients, rules, isUntied: false);

        // What is skipped is not clipped either.
        Result = !_plan.Skips ? _plan.Result : new ClipResult
        {
            TotalNorm = _plan.Result.TotalNorm,
            Scale = _plan.Zeros ? 0 : 1,
            NonFiniteGradient = _plan.Result.NonFiniteGradient,
            Skipped = true,
        };
        if (_plan.Ledger is not { } ledger)
            return;
        foreach (ref readonly GradientEntry entry in ledger.Entries)
            HasTies |= entry.IsTied;
    }

    /// <summary>What was found and is done, and whether the step is left out.</summary>
    internal ClipResult Result { get; }

    /// <summary>
    /// Whether a gradient lies in the memory of an earlier one. Then <see cref="ChangeOf"/> does not know what happens to it.
    /// </summary>
    internal bool HasTies { get; }

    /// <summary>Clips, before a step that is taken by itself.</summary>
    internal static ClipResult Clip(BatchSource gradients, ReadOnlySpan<ClipRule> rules)
    {
        using var plan = new StepPlan(gradients, rules);
        plan.Apply();
        return plan.Result;
    }

    /// <summary>What happens to one gradient.</summary>
    /// <param name="ordinal">Its number, among those with elements.</param>
    internal GradientChange ChangeOf(int ordinal)
    {
        if (!_plan.Acts)
            return GradientChange.None;
        if (_plan.Ledger is not { } ledger)
            return GradientChange.Scale(_plan.Factor);
        ref readonly GradientEntry entry = ref ledger[ordinal];
        return entry.Scale ? GradientChange.Scale(entry.Factor)
            : entry.Clamp ? GradientChange.Clamp(ledger.Rules[entry.Rule].Limit)
            : GradientChange.None;
    }

    /// <summary>Changes the gradients in place. Those of a step that is left out stay, unless the policy is to set them to zero.</summary>
    internal void Apply()
    {
        if (_plan.Zeros)
            Walk.Through(_gradients, default(Clear));
        else if (_plan is { Acts: true, Skips: false })
            UnscalePass.Run(_gradients, _plan, unscale: 1);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_plan.Ledger is { } ledger)
            GradientLedger.Return(ledger);
    }
}
