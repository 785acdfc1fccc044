using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Threads;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Torch.Stepping;

/// <summary>
/// One step that several threads share, in chunks. Every element is computed independently, so the bits do not depend on the thread.
/// </summary>
/// <remarks>
/// The calling thread takes part, and claims all chunks that no other thread has claimed, so it waits only for chunks that are being
/// processed. A thread-pool thread that starts late finds all chunks claimed, and accesses no memory.
/// </remarks>
internal sealed class SharedStep<TStep> : IThreadPoolWorkItem
    where TStep : struct, IBufferStep
{
    private readonly StepRecord<TStep>[] _records;
    private readonly int[] _firstChunks;
    private readonly int _chunks;
    private readonly bool _zeroGradients;
    private int _unclaimed;
    private int _completed;

    private SharedStep(ReadOnlySpan<StepRecord<TStep>> records, bool zeroGradients)
    {
        _records = records.ToArray();
        _firstChunks = new int[records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            _firstChunks[i] = _chunks;
            if (!records[i].IsRepeated)
                _chunks += SharedChunks.CountOf(records[i].Length);
        }

        _unclaimed = _chunks;
        _zeroGradients = zeroGradients;
    }

    /// <summary>Updates all records.</summary>
    internal static void Run(ReadOnlySpan<StepRecord<TStep>> records, bool zeroGradients, int threads)
    {
        var step = new SharedStep<TStep>(records, zeroGradients);
        for (int others = Math.Min(threads, step._chunks) - 1; others > 0; others--)
            ThreadPool.UnsafeQueueUserWorkItem(step, preferLocal: false);
        step.Work();
        var wait = new SpinWait();
        while (Volatile.Read(ref step._completed) < step._chunks)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    void IThreadPoolWorkItem.Execute() => Work();

    // In reverse order: the gradients that were measured last are still in the cache.
    private void Work()
    {
        int record = _records.Length - 1;
        for (int chunk = Interlocked.Decrement(ref _unclaimed); chunk >= 0; chunk = Interlocked.Decrement(ref _unclaimed))
        {
            while (_firstChunks[record] > chunk)
                record--;
            int start = (chunk - _firstChunks[record]) * Reduction.ChunkLength;
            _records[record].Update(start, Math.Min(Reduction.ChunkLength, _records[record].Length - start), _zeroGradients);
            Interlocked.Increment(ref _completed);
        }
    }
}
