using System.Diagnostics.CodeAnalysis;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>What a plan does to each gradient, once the loss scale is divided out.</summary>
/// <param name="plan">The plan, in the units of the gradients with their scale.</param>
/// <param name="unscale">One over the loss scale, or 1.</param>
internal readonly struct PlannedChange(in ClipPlan plan, double unscale)
{
    private readonly BufferTable? _table = plan.Buffers;
    private readonly GradientChange _common = GradientChange.Scale(plan.Factor.Times(unscale));
    private readonly double _unscale = unscale;

    /// <summary>Whether <see cref="Common"/> happens to every gradient, and none is tied.</summary>
    internal bool IsCommon => _table is null;

    /// <summary>What happens to every gradient, where that is the same.</summary>
    [UnscopedRef]
    internal ref readonly GradientChange Common => ref _common;

    /// <summary>What happens to a gradient that the plan does not know.</summary>
    internal GradientChange OfOthers => GradientChange.Scale(new ScaleFactor(_unscale));

    /// <summary>
    /// Whether the units of a gradient have factors of their own, and the runs of units with one factor in a chunk of it.
    /// </summary>
    /// <param name="ordinal">The number of the gradient.</param>
    /// <param name="start">The position of the chunk's first element.</param>
    /// <param name="length">The number of elements of the chunk.</param>
    /// <param name="runs">The runs, from the last to the first.</param>
    internal bool TryGetRuns(int ordinal, int start, int length, out UnitRuns runs)
    {
        if (_table is null || _table[ordinal] is not { UnitCount: > 0, Scale: true, IsTied: false })
        {
            runs = default;
            return false;
        }

        runs = new UnitRuns(_table, _table[ordinal], start, length);
        return true;
    }

    /// <summary>What happens to a run of units.</summary>
    internal GradientChange ChangeOf(in UnitRuns run) => GradientChange.Scale(run.Factor.Times(_unscale));

    /// <summary>What happens to the gradient that is visited as number <paramref name="ordinal"/>.</summary>
    /// <returns>False for a gradient that is tied to an earlier one, with which it is changed.</returns>
    internal bool TryOf(int ordinal, out GradientChange change)
    {
        if (_table is null)
        {
            change = _common;
            return true;
        }

        ref readonly GradientEntry entry = ref _table[ordinal];
        ScaleFactor factor = (entry is { Scale: true, UnitCount: 0 } ? entry.Factor : new ScaleFactor(1)).Times(_unscale);
        change = entry.Clamp
            ? GradientChange.ScaleAndClamp(factor, _table.Rules[entry.Rule].Limit * _unscale)
            : GradientChange.Scale(factor);
        return !entry.IsTied;
    }
}
