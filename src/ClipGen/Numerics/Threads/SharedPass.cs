using System.Runtime.CompilerServices;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>
/// Runs a pass over one source on several threads. Each thread keeps one object, so that nothing is allocated after the first pass of its
/// size.
/// </summary>
/// <remarks>
/// The calling thread takes part, and claims every chunk that no other thread has claimed, so it waits only for chunks that are being
/// processed, and never for a thread to start. A thread-pool thread that starts late, or that the source's own code delays, finds that the
/// number of its pass has passed.
/// </remarks>
internal sealed class SharedPass<TSource, TWork> : IThreadPoolWorkItem
    where TSource : IGradientSource
    where TWork : struct, IChunkWork
{
    // The time to wait for other threads to leave the source when all chunks are processed. They only have to finish their traversal. The
    // caller does not wait longer for a thread that is blocked, for example by a lock that the caller holds.
    private const int MillisecondsToLeave = 20;

    [ThreadStatic]
    private static SharedPass<TSource, TWork>? _kept;

    private readonly StrongBox<int> _completed = new();
    private long[] _claims = new long[256];
    private double[] _sums = new double[256];

    // Odd during a pass; the fields below then belong to that pass.
    private long _number;
    private TSource? _source;
    private SharedChunks _chunks;
    private TWork _work;

    private int _waiting;
    private int _inside;

    /// <summary>Sums the chunks. The sums are valid until the next pass of this thread.</summary>
    internal static ReadOnlySpan<double> Sum(TSource source, TWork work, int first, int count, int threads)
    {
        SharedPass<TSource, TWork> pass = _kept ?? new SharedPass<TSource, TWork>();
        _kept = null;
        pass.Run(source, work, first, count, threads);
        _kept = pass;
        return pass._sums.AsSpan(0, count);
    }

    /// <summary>Processes all gradients, including short ones.</summary>
    internal static void Change(TSource source, TWork work, int count, int threads)
    {
        SharedPass<TSource, TWork> pass = _kept ?? new SharedPass<TSource, TWork>();
        _kept = null;
        pass.Run(source, work, 0, count, threads);
        _kept = pass;
    }

    private void Run(TSource source, TWork work, int first, int count, int threads)
    {
        if (_claims.Length < count)
        {
            // Other threads may still use the old arrays, in which everything is claimed.
            _claims = new long[Math.Max(count, 2 * _claims.Length)];
            _sums = new double[_claims.Length];
        }

        _completed.Value = 0;
        _source = source;
        _work = work;
        _chunks = new SharedChunks(_claims, _sums, first, count, _completed, _number + 1);
        Interlocked.Increment(ref _number);
        try
        {
            for (int helpers = Math.Min(threads, count) - 1; Volatile.Read(ref _waiting) + Volatile.Read(ref _inside) < helpers;)
            {
                Interlocked.Increment(ref _waiting);
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            Walk.Through(source, new ChunkWalk<TWork, SharedChunks>(work, _chunks, takesShort: !TWork.Sums));
        }
        finally
        {
            Finish();
        }
    }

    private void Finish()
    {
        // Nothing is left to claim, unless the source threw or has changed.
        for (int i = 0; i < _chunks.Count; i++)
        {
            if (_chunks.TryClaim(_chunks.First + i))
            {
                _chunks.Complete(_chunks.First + i, 0);
            }
        }

        var wait = new SpinWait();
        while (Volatile.Read(ref _completed.Value) < _chunks.Count)
            wait.SpinOnce(sleep1Threshold: -1);
        Interlocked.Increment(ref _number);
        long start = Environment.TickCount64;
        while (Volatile.Read(ref _inside) > 0 && Environment.TickCount64 - start < MillisecondsToLeave)
            wait.SpinOnce(sleep1Threshold: -1);
        _source = default;
        _work = default;
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Increment(ref _inside);
        Interlocked.Decrement(ref _waiting);
        try
        {
            long number = Volatile.Read(ref _number);
            TSource? source = _source;
            SharedChunks chunks = _chunks;
            TWork work = _work;
            Interlocked.MemoryBarrier();
            if (number % 2 == 0 || source is null || Volatile.Read(ref _number) != number)
                return;
            Walk.Through(source, new ChunkWalk<TWork, SharedChunks>(work, chunks, takesShort: false));
        }
        catch (Exception)
        {
            // An exception of the source also occurs on the calling thread, which traverses all of it. After the end of the pass, it is
            // irrelevant.
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
