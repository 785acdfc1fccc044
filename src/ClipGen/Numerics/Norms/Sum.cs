using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Sums;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>Sums all buffers for one norm, and detects buffers that may share memory.</summary>
internal struct Sum<TOrder, TWatch> : IGradientOperation
    where TOrder : struct, INormOrder
    where TWatch : struct, IAddressWatch
{
    public CompensatedSum Total;
    public TWatch Watch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        Watch.Add(gradient);

        // The running total is read after the call. Kept over it, it would double the latency from buffer to buffer.
        double sum = TOrder.Reduce(gradient);
        TOrder.Combine(ref Total, sum);
    }
}
