using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Threads;

namespace ClipGen.Numerics.Traversal;

/// <summary>Sums all buffers for one norm, and watches for buffers that may share memory.</summary>
internal struct SumVisitor<TOrder, TWatch> : IGradientVisitor
    where TOrder : struct, INormOrder
    where TWatch : struct, IAddressWatch
{
    public double Sum;
    public TWatch Watch;
    private NestingDepth _depth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (gradient.IsEmpty)
            return;
        Watch.Add(gradient);

        // The running total is read after the call, not kept over it: that would double the latency from buffer to buffer.
        double sum = TOrder.Reduce(gradient);
        Sum = TOrder.Combine(Sum, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => _depth.Leave();
}

/// <summary>Only watches for buffers that may share memory, and how much there is.</summary>
internal struct WatchVisitor : IGradientVisitor
{
    public AddressRuns Runs;
    private long _bytes;
    private NestingDepth _depth;

    /// <summary>The pieces of buffers that are long enough to be shared by threads.</summary>
    public int Pieces { get; private set; }

    /// <summary>Whether there is enough for several threads.</summary>
    public readonly bool IsLarge => _bytes >= SharedPieces.LeastBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        GradientElements.ThrowIfUnsupported<T>();
        if (gradient.IsEmpty)
            return;
        Runs.Add(gradient);
        if (gradient.Length >= SharedPieces.ShortestBuffer)
        {
            Pieces += SharedPieces.CountOf(gradient.Length);
            _bytes += (long)gradient.Length * Unsafe.SizeOf<T>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => _depth.Leave();
}

/// <summary>Scales all buffers, none of which are tied.</summary>
internal struct ScaleVisitor(ScaleFactor factor) : IGradientVisitor
{
    internal readonly ScaleFactor Factor = factor;
    private NestingDepth _depth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (!gradient.IsEmpty)
            GradientElements.Scale(gradient, Factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => _depth.Leave();
}

/// <summary>Sets all buffers to zero; tied ones need no care.</summary>
internal struct ZeroVisitor : IGradientVisitor
{
    private NestingDepth _depth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        GradientElements.ThrowIfUnsupported<T>();
        gradient.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => _depth.Leave();
}
