using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>One step over one source, to which the optimizer adds its update rule.</summary>
/// <param name="gradients">The gradients and their parameters.</param>
/// <param name="table">The states.</param>
/// <param name="plan">The plan of the clip.</param>
/// <param name="unscale">One over the loss scale, or 1.</param>
/// <param name="zeroGradients">Whether the step also sets the gradients to zero.</param>
internal readonly ref struct StepPass<TSource>(
    TSource gradients, StateTable table, ref readonly ClipPlan plan, double unscale, bool zeroGradients)
    where TSource : IGradientSource
{
    private readonly TSource _gradients = gradients;
    private readonly ref readonly ClipPlan _plan = ref plan;

    /// <summary>The number of this step for parameters that took part in all steps; 1 for the first.</summary>
    internal long Step => table.NextStep;

    /// <summary>Prepares the step. Throws before anything is changed.</summary>
    internal void Prepare(int states) => table.Prepare(_gradients, states, _plan.Buffers);

    /// <summary>Runs the step.</summary>
    internal void Run<TRule, TStep>(TRule rule)
        where TRule : struct, IStepRule<TStep>
        where TStep : struct, IBufferStep
    {
        var work = new StepWork<TRule, TStep>(table, rule, _plan, unscale, zeroGradients);
        if (!ChunkPass.TryChange(_gradients, work, _plan.Long))
            Walk.Through(_gradients, work);
        table.Complete(rule.States);
    }
}
