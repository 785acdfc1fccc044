using System.Runtime.CompilerServices;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>
/// Runs a pass over one source on several threads. Each thread keeps one, so that after the first pass of its size nothing is allocated.
/// </summary>
/// <remarks>
/// The thread that calls takes part, and claims on its way every chunk that no other thread has claimed: it waits only for chunks that
/// others are working on, never for a thread to begin. A thread of the pool that is late, or held up in the source's own code, finds a
/// number of the pass that has gone by.
/// </remarks>
internal sealed class SharedPass<TSource, TWork> : IThreadPoolWorkItem
    where TSource : IGradientSource
    where TWork : struct, IChunkWork
{
    // How long to wait for the others to leave the source when all work is done: they only have the rest of a walk ahead. If one is
    // held up by a lock that the caller holds, it is left behind.
    private const int MillisecondsToLeave = 20;

    [ThreadStatic]
    private static SharedPass<TSource, TWork>? _kept;

    private readonly StrongBox<int> _completed = new();
    private long[] _claims = new long[256];
    private double[] _sums = new double[256];

    // Odd while a pass is under way: then the fields below are of that pass.
    private long _number;
    private TSource? _source;
    private SharedChunks _chunks;
    private TWork _work;

    private int _waiting;
    private int _inside;

    /// <summary>The sums of the chunks, until the next pass of this thread.</summary>
    internal static ReadOnlySpan<double> Sum(TSource source, TWork work, int first, int count, int threads)
    {
        SharedPass<TSource, TWork> pass = _kept ?? new SharedPass<TSource, TWork>();
        _kept = null;
        pass.Run(source, work, first, count, threads);
        _kept = pass;
        return pass._sums.AsSpan(0, count);
    }

    /// <summary>Works on all gradients, short ones included.</summary>
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
            // Others may still hold the old ones, in which everything is claimed.
            _claims = new long[Math.Max(count, 2 * _claims.Length)];
            _sums = new double[_claims.Length];
        }

        _completed.Value = 0;
        _source = source;
        _work = work;
        _chunks = new SharedChunks(_claims, _sums, first, count, _number + 1);
        Interlocked.Increment(ref _number);
        try
        {
            for (int helpers = Math.Min(threads, count) - 1; Volatile.Read(ref _waiting) + Volatile.Read(ref _inside) < helpers;)
            {
                Interlocked.Increment(ref _waiting);
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            Walk.Through(source, new ClaimChunks<TWork>(work, _chunks, _completed, takesShort: !TWork.Sums));
        }
        finally
        {
            Finish();
        }
    }

    private void Finish()
    {
        // There are none left, unless the source threw or is no longer what it was.
        for (int i = 0; i < _chunks.Count; i++)
        {
            if (_chunks.TryClaim(_chunks.First + i))
            {
                _sums[i] = 0;
                Interlocked.Increment(ref _completed.Value);
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
            Walk.Through(source, new ClaimChunks<TWork>(work, chunks, _completed, takesShort: false));
        }
        catch (Exception)
        {
            // What goes wrong in the source goes wrong on the calling thread too, which walks through all of it; or, late, concerns nobody.
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
