using ClipGen.Numerics;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Traversal;
using ClipGen.Numerics.Walking;

namespace ClipGen.Optimizers.Stepping;

/// <summary>Divides the loss scale out of all gradients and clips them, each in one pass.</summary>
internal static class UnscalePass
{
    /// <summary>Changes the gradients in place.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="plan">What the clip does, in the units of the gradients with their scale.</param>
    /// <param name="unscale">One over the scale.</param>
    internal static void Run<TSource>(TSource gradients, in ClipPlan plan, double unscale)
        where TSource : IGradientSource
    {
        var work = new Work(plan.Ledger, plan.Factor, unscale);
        int threads = GradientThreads.Maximum;
        if (plan.SharedPieces > 1 && threads > 1)
            SharedPass<TSource, Work>.Change(gradients, work, plan.SharedPieces, threads);
        else
            Walk.Through(gradients, work);
    }

    private readonly struct Work(GradientLedger? ledger, ScaleFactor factor, double unscale) : IPieceWork, IGradientOperation
    {
        public static bool Sums => false;

        public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => Run(slot, 0, gradient, parameter);

        public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
        {
            GradientEntry entry = ledger is null ? new GradientEntry { Scale = true, Factor = factor } : ledger[slot.Ordinal];
            if (entry.IsTied)
                return 0;
            GradientElements.Scale(gradient, (entry.Scale ? entry.Factor : new ScaleFactor(1)).Times(unscale));
            if (entry.Clamp)
                GradientElements.Clamp(gradient, ledger!.Rules[entry.Rule].Limit * unscale);
            return 0;
        }
    }
}
