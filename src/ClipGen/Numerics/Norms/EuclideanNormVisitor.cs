using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Sums;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>The pass for the L2 norm.</summary>
/// <typeparam name="TWatch">What it records about addresses.</typeparam>
internal struct EuclideanNormVisitor<TWatch> : IGradientVisitor, IGroupSum
    where TWatch : struct, IAddressWatch
{
    // The number of bytes that the calling thread sums. After that, it only counts, to decide whether other threads sum the rest.
    private const long BytesAlone = SharedChunks.LeastBytes / 4;

    /// <summary>The addresses recorded so far.</summary>
    public TWatch Watch;

    private readonly long _bytesAlone;
    private CompensatedSum _sum;
    private NestingDepth _depth;

    // For buffers that are long enough to be shared.
    private LongGradients _long;
    private int _leftChunks;

    /// <summary>Creates a visitor with the sum zero.</summary>
    /// <param name="threads">The maximum number of threads.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal EuclideanNormVisitor(int threads) => _bytesAlone = threads > 1 ? BytesAlone : long.MaxValue;

    /// <summary>Whether two of the buffers may share memory.</summary>
    internal readonly bool MayOverlap => Watch.MayOverlap;

    /// <summary>Σx² over everything visited, except for the remaining chunks.</summary>
    internal readonly CompensatedSum Sum => _sum;

    /// <summary>The long gradients.</summary>
    internal readonly LongGradients Long => _long;

    /// <summary>Sums the remaining chunks.</summary>
    /// <param name="source">The source.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="countsReplicated">Whether gradients that every process holds are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddLeft<TSource>(TSource source, int threads, bool countsReplicated = true)
        where TSource : IGradientSource
    {
        if (_leftChunks > 0)
        {
            ReadOnlySpan<double> sums = SharedPass<TSource, SumSquares>.Sum(
                source, new SumSquares(countsReplicated), _long.Chunks - _leftChunks, _leftChunks, _long.AreShared ? threads : 1);
            foreach (double sum in sums)
            {
                if (TWatch.SumsExactly)
                    Watch.AddTerm(sum);
                else
                    _sum.Add(sum);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default)
    {
        if (gradient.IsEmpty)
            return;
        Note(gradient);
        if (gradient.Length >= SharedChunks.ShortestBuffer)
        {
            AddLong(gradient);
            return;
        }

        // The running total is read after the call. Kept over it, it would double the latency from buffer to buffer.
        double sum = GradientElements.SumOfSquares(gradient);
        if (TWatch.SumsExactly)
            Watch.AddTerm(sum);
        else
            _sum.Add(sum);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddLong<T>(Span<T> gradient)
    {
        GradientElements.ThrowIfUnsupported<T>();
        _long = _long.With<T>(gradient.Length);
        if (_leftChunks > 0 || _long.Bytes > _bytesAlone)
        {
            _leftChunks += SharedChunks.CountOf(gradient.Length);
            return;
        }

        for (; !gradient.IsEmpty; gradient = gradient[Math.Min(gradient.Length, Reduction.ChunkLength)..])
        {
            double sum = GradientElements.SumOfSquares(gradient[..Math.Min(gradient.Length, Reduction.ChunkLength)]);
            if (TWatch.SumsExactly)
                Watch.AddTerm(sum);
            else
                _sum.Add(sum);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null, string? parameter = null) => _depth.Enter();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => _depth.Leave();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterReplicated() => Watch.EnterReplicated();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LeaveReplicated() => Watch.LeaveReplicated();

    /// <inheritdoc/>
    public readonly bool WatchesAddresses
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TWatch.IsNeeded;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveTo<T>(ref T first) => Watch.MoveTo(ref first);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake<T>(ref T first, ref T last, int lastLength) => Watch.TryTake(ref first, ref Unsafe.Add(ref last, lastLength));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(Vector512<T> squares)
        where T : unmanaged, INumber<T>
    {
        double sum = Reduction.ReduceTree<T, SumOfSquares<T>>(squares);
        if (TWatch.SumsExactly)
            Watch.AddTerm(sum);
        else
            _sum.Add(sum);
    }

    /// <summary>Records the address of one buffer. The caller adds its sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Note<T>(Span<T> gradient) => Watch.Add(gradient);
}
