using System.Runtime.CompilerServices;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Changes gradients in registers as planned, and updates parameters and states.</summary>
/// <param name="table">The states.</param>
/// <param name="rule">The optimizer.</param>
/// <param name="plan">The plan.</param>
/// <param name="unscale">An additional factor for all gradients: one over the loss scale, or 1.</param>
/// <param name="zeroGradients">Whether the step also sets the gradients to zero.</param>
internal readonly struct StepWork<TRule, TStep>(StateTable table, TRule rule, in ClipPlan plan, double unscale, bool zeroGradients)
    : IChunkWork, IGradientOperation
    where TRule : struct, IStepRule<TStep>
    where TStep : struct, IBufferStep
{
    private readonly StateTable _table = table;
    private readonly TRule _rule = rule;
    private readonly PlannedChange _changes = new(plan, unscale);
    private readonly bool _zeroGradients = zeroGradients;

    public static bool Sums => false;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => Run(slot, 0, gradient, parameter);

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
    {
        SlotState state = _table[slot.Position]!;
        ref TRule rule = ref Writable(in _rule);
        if (_changes.IsCommon && rule.IsUsual(state, slot.Options))
            Apply(in rule.Usual, state, start, gradient, parameter, in _changes.Common);
        else
            RunOther(slot, state, start, gradient, parameter);
        return 0;
    }

    // A separate method, so that the common path does not clear stack space for the runs of units.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunOther<T>(in GradientSlot slot, SlotState state, int start, Span<T> gradient, Span<T> parameter)
    {
        if (!_changes.TryOf(slot.Ordinal, out GradientChange change))
            return;
        TStep step = _rule.For(state, slot.Options);
        if (!_changes.TryGetRuns(slot.Ordinal, start, gradient.Length, out UnitRuns runs))
        {
            Apply(in step, state, start, gradient, parameter, change);
            return;
        }

        while (runs.MoveNext())
        {
            Apply(
                in step,
                state,
                start + runs.Start,
                gradient.Slice(runs.Start, runs.Length),
                parameter.Slice(runs.Start, runs.Length),
                _changes.ChangeOf(runs));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply<T>(in TStep step, SlotState state, int start, Span<T> gradient, Span<T> parameter, in GradientChange change)
    {
        int count = gradient.Length;
        if (typeof(T) == typeof(float))
        {
            Writable(in step).Apply(
                GradientElements.Cast<T, float>(gradient),
                GradientElements.Cast<T, float>(parameter),
                state.Elements<float>(0, start, count),
                state.Elements<float>(1, start, count),
                state.Elements<float>(2, start, count),
                change,
                _zeroGradients);
        }
        else if (typeof(T) == typeof(double))
        {
            Writable(in step).Apply(
                GradientElements.Cast<T, double>(gradient),
                GradientElements.Cast<T, double>(parameter),
                state.Elements<double>(0, start, count),
                state.Elements<double>(1, start, count),
                state.Elements<double>(2, start, count),
                change,
                _zeroGradients);
        }
        else if (typeof(T) == typeof(Half))
        {
            ApplyShort(in step, state, start, GradientElements.Cast<T, Half>(gradient), GradientElements.Cast<T, Half>(parameter), change);
        }
        else
        {
            ApplyShort(in step, state, start, GradientElements.Cast<T, BFloat16>(gradient), GradientElements.Cast<T, BFloat16>(parameter),
                change);
        }
    }

    private void ApplyShort<T>(in TStep step, SlotState state, int start, Span<T> gradient, Span<T> parameter, in GradientChange change)
        where T : unmanaged =>
        Writable(in step).Apply(
            gradient,
            parameter,
            state.Elements<float>(0, start, gradient.Length),
            state.Elements<float>(1, start, gradient.Length),
            state.Elements<float>(2, start, gradient.Length),
            change,
            _zeroGradients);

    // Rules and steps are readonly structs, but the compiler does not know this of a type parameter and would copy them for each call.
    private static ref T Writable<T>(in T rule)
        where T : struct => ref Unsafe.AsRef(in rule);
}
