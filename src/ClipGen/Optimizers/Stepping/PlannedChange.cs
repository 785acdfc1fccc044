using System.Diagnostics.CodeAnalysis;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Limits;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>The change that a plan makes to each gradient after division by the loss scale.</summary>
/// <param name="plan">The plan, in the units of the scaled gradients.</param>
/// <param name="unscale">One over the loss scale, or 1.</param>
internal readonly struct PlannedChange(in ClipPlan plan, double unscale)
{
    private readonly BufferTable? _table = plan.Buffers;
    private readonly GradientChange _common = GradientChange.Scale(plan.Factor.Times(unscale));
    private readonly double _unscale = unscale;

    /// <summary>Whether <see cref="Common"/> applies to every gradient, and none is tied.</summary>
    internal bool IsCommon => _table is null;

    /// <summary>The change of every gradient, if all have the same.</summary>
    [UnscopedRef]
    internal ref readonly GradientChange Common => ref _common;

    /// <summary>The change of a gradient that the plan does not contain.</summary>
    internal GradientChange OfOthers => GradientChange.Scale(new ScaleFactor(_unscale));

    /// <summary>
    /// Gets the runs of units with equal factors in a chunk of a gradient, if the units of the gradient have separate factors.
    /// </summary>
    /// <param name="ordinal">The number of the gradient.</param>
    /// <param name="start">The position of the chunk's first element.</param>
    /// <param name="length">The number of elements of the chunk.</param>
    /// <param name="runs">The runs, from last to first.</param>
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

    /// <summary>The change of a run of units.</summary>
    internal GradientChange ChangeOf(in UnitRuns run) => GradientChange.Scale(run.Factor.Times(_unscale));

    /// <summary>Gets the change of the gradient with the number <paramref name="ordinal"/> in visiting order.</summary>
    /// <returns>False for a gradient that is tied to an earlier one, and changes with it.</returns>
    internal bool TryOf(int ordinal, out GradientChange change)
    {
        if (_table is null)
        {
            change = _common;
            return true;
        }

        ref readonly GradientEntry entry = ref _table[ordinal];
        if (entry.IsOpen)
        {
            var state = (AdaptiveClipState)_table.Rules[entry.Rule].State!;
            change = GradientChange.ByUnit(_table.Units.Open.Of(entry, state, _unscale));
            return true;
        }

        ScaleFactor factor = (entry is { Scale: true, UnitCount: 0 } ? entry.Factor : new ScaleFactor(1)).Times(_unscale);
        change = entry.Clamp
            ? GradientChange.ScaleAndClamp(factor, _table.Rules[entry.Rule].Limit * _unscale)
            : GradientChange.Scale(factor);
        return !entry.IsTied;
    }
}
