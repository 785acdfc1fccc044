using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Divides all gradients by the loss scale and clips them, each in one pass.</summary>
internal static class UnscalePass
{
    /// <summary>Changes the gradients in place.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="plan">The plan of the clip, in the units of the scaled gradients.</param>
    /// <param name="unscale">One over the scale.</param>
    internal static void Run<TSource>(TSource gradients, in ClipPlan plan, double unscale)
        where TSource : IGradientSource
    {
        var work = new Work(new PlannedChange(plan, unscale));
        if (!ChunkPass.TryChange(gradients, work, plan.Long))
            Walk.Through(gradients, work);
    }

    private readonly struct Work(PlannedChange changes) : IChunkWork, IGradientOperation
    {
        public static bool Sums => false;

        public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => Run(slot, 0, gradient, parameter);

        public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
        {
            if (changes.TryGetRuns(slot.Ordinal, start, gradient.Length, out UnitRuns runs))
            {
                while (runs.MoveNext())
                    changes.ChangeOf(runs).ApplyTo(gradient.Slice(runs.Start, runs.Length));
            }
            else if (changes.TryOf(slot.Ordinal, out GradientChange change))
            {
                change.ApplyTo(gradient);
            }

            return 0;
        }
    }
}
