namespace ClipGen.Numerics;

/// <summary>How many threads clip large gradients.</summary>
/// <remarks>
/// From about 8 MiB of gradients on, several threads share the two passes of the L2 norm, in chunks of at most 2^18 elements whose sums are
/// added in the order of the gradients: the result has the same bits whatever their number. Every one of them walks through the source on
/// its own, so that <see cref="IGradientSource.VisitGradients{TVisitor}"/> is called by several threads at a time; it only reads. The
/// others are of the thread pool, and nobody waits for one that does not come.
/// </remarks>
public static class GradientThreads
{
    private static int _maximum = Environment.ProcessorCount;

    /// <summary>
    /// The largest number of threads, the calling one among them. From 1, which starts none, up; by default
    /// <see cref="Environment.ProcessorCount"/>. Process-wide; takes effect with the next operation.
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
