using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ClipGen.Mpi.Tests;

/// <summary>An exchange without MPI: threads of one process that communicate through memory.</summary>
internal sealed class Threads
{
    private readonly int _size;
    private readonly Barrier _barrier;
    private readonly CancellationTokenSource _failed = new();
    private readonly byte[][] _sent;

    private Threads(int size)
    {
        _size = size;
        _barrier = new Barrier(size);
        _sent = new byte[size][];
    }

    /// <summary>Runs the same code on the given number of ranks. Throws the exception of the first rank that failed.</summary>
    internal static T[] Run<T>(int size, Func<IGradientExchange, T> body)
    {
        var threads = new Threads(size);
        var results = new T[size];
        var exceptions = new Exception?[size];
        Thread[] running = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = body(new One(threads, rank));
            }
            catch (Exception exception)
            {
                exceptions[rank] = exception;
                threads._failed.Cancel();
            }
        }))];
        foreach (Thread thread in running)
            thread.Start();
        foreach (Thread thread in running)
            thread.Join();
        if (exceptions.FirstOrDefault(exception => exception is not (null or OperationCanceledException)) is { } first)
            ExceptionDispatchInfo.Throw(first);
        Assert.All(exceptions, Assert.Null);
        return results;
    }

    private byte[][] Exchange(int rank, byte[] sent)
    {
        _sent[rank] = sent;
        _barrier.SignalAndWait(_failed.Token);
        byte[][] all = [.. _sent];
        _barrier.SignalAndWait(_failed.Token);
        Assert.All(all, other => Assert.Equal(sent.Length, other.Length));
        return all;
    }

    private sealed class One(Threads threads, int rank) : IGradientExchange
    {
        public int Rank => rank;

        public int Size => threads._size;

        public void AddUp(Span<long> values)
        {
            byte[][] all = threads.Exchange(rank, MemoryMarshal.AsBytes(values).ToArray());
            values.Clear();
            foreach (byte[] other in all)
            {
                ReadOnlySpan<long> added = MemoryMarshal.Cast<byte, long>(other);
                for (int i = 0; i < values.Length; i++)
                    values[i] += added[i];
            }
        }

        public void Gather(ReadOnlySpan<byte> sent, Span<byte> received)
        {
            byte[][] all = threads.Exchange(rank, sent.ToArray());
            for (int other = 0; other < Size; other++)
                all[other].CopyTo(received[(other * sent.Length)..]);
        }

        public void Transpose(ReadOnlySpan<byte> sent, Span<byte> received)
        {
            byte[][] all = threads.Exchange(rank, sent.ToArray());
            int length = sent.Length / Size;
            for (int other = 0; other < Size; other++)
                all[other].AsSpan(rank * length, length).CopyTo(received[(other * length)..]);
        }
    }
}
