using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Sums;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>Sums all buffers for one norm, without rounding.</summary>
/// <param name="words">The words of an <see cref="ExactSum"/>.</param>
/// <param name="countsReplicated">Whether gradients that every process holds are added.</param>
internal readonly struct SumExactly<TOrder>(long[] words, bool countsReplicated) : IGradientOperation
    where TOrder : struct, INormOrder
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (countsReplicated || !slot.IsReplicated)
            ExactSum.AddTo(words, TOrder.Reduce(gradient));
    }
}
