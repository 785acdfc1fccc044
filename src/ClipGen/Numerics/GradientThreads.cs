namespace ClipGen.Numerics;

/// <summary>Sets how many threads clip large gradients.</summary>
/// <remarks>
/// From about 8 MiB of gradients, several threads share the two passes of the L2 norm. They process chunks of at most 2^18 elements, whose
/// sums are added in the order of the gradients, so that the result has the same bits for any number of threads. Each thread traverses the
/// source itself: several threads call <see cref="IGradientSource.VisitGradients{TVisitor}"/> at the same time, so it must only read. The
/// additional threads are thread-pool threads; the caller never waits for one to start.
/// </remarks>
public static class GradientThreads
{
    private static int _maximum = Environment.ProcessorCount;

    /// <summary>
    /// The largest number of threads, including the calling one: at least 1, which starts no other thread;
    /// <see cref="Environment.ProcessorCount"/> by default. It applies to the whole process, from the next operation.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public static int Maximum
    {
        get => Volatile.Read(ref _maximum);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _maximum, value);
        }
    }
}
