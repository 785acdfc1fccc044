namespace ClipGen;

/// <summary>
/// What the processes that train one model together say to each other. <c>ClipGen.Mpi</c> implements it over MPI; implement it to use
/// another engine.
/// </summary>
/// <remarks>
/// Every process calls the same methods in the same order, with spans of the same lengths, and from one thread. Each call returns in a
/// process when it has what the others sent. An implementation throws, or ends the process, where another process has ended: nobody waits
/// for it.
/// </remarks>
public interface IGradientExchange
{
    /// <summary>The number of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Size { get; }

    /// <summary>Adds up the values of all processes element by element (an all-reduce).</summary>
    /// <param name="values">The values of this process; receives the sums, the same in every process.</param>
    void AddUp(Span<long> values);

    /// <summary>Collects bytes of every process (an all-gather).</summary>
    /// <param name="sent">What this process sends, the same number of bytes in each process.</param>
    /// <param name="received">Receives what every process sent, in the order of their ranks.</param>
    void Gather(ReadOnlySpan<byte> sent, Span<byte> received);

    /// <summary>Sends another part to every process (an all-to-all).</summary>
    /// <param name="sent">As many parts of the same length as there are processes. Part i goes to process i.</param>
    /// <param name="received">Receives the part of every process that was for this one, in the order of their ranks.</param>
    void Transpose(ReadOnlySpan<byte> sent, Span<byte> received);
}
