using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Traversal;

/// <summary>Sums all buffers for one norm, and watches for buffers that may share memory.</summary>
internal struct Sum<TOrder, TWatch> : IGradientOperation
    where TOrder : struct, INormOrder
    where TWatch : struct, IAddressWatch
{
    public double Total;
    public TWatch Watch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        Watch.Add(gradient);

        // The running total is read after the call, not kept over it: that would double the latency from buffer to buffer.
        double sum = TOrder.Reduce(gradient);
        Total = TOrder.Combine(Total, sum);
    }
}

/// <summary>Only watches for buffers that may share memory, and how much there is.</summary>
internal struct WatchMemory : IGradientOperation
{
    public AddressRuns Runs;
    private long _bytes;

    /// <summary>The pieces of buffers that are long enough to be shared by threads.</summary>
    public int Pieces { get; private set; }

    /// <summary>Whether there is enough for several threads.</summary>
    public readonly bool IsLarge => _bytes >= SharedPieces.LeastBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        Runs.Add(gradient);
        if (gradient.Length >= SharedPieces.ShortestBuffer)
        {
            Pieces += SharedPieces.CountOf(gradient.Length);
            _bytes += (long)gradient.Length * Unsafe.SizeOf<T>();
        }
    }
}

/// <summary>Sets all buffers to zero; tied ones need no care.</summary>
internal readonly struct Clear : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => gradient.Clear();
}
