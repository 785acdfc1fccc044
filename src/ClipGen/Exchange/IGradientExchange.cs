namespace ClipGen;

/// <summary>
/// The communication of the processes that train one model together. <c>ClipGen.Mpi</c> implements it over MPI. Implement it to use another
/// communication library.
/// </summary>
/// <remarks>
/// Every process calls the same methods in the same order, with spans of the same lengths, and from one thread. A call returns when the
/// process has received the data of the others. If another process has ended, an implementation must throw or end the process; it must not
/// wait for it.
/// </remarks>
public interface IGradientExchange
{
    /// <summary>The rank of this process, starting at 0.</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Size { get; }

    /// <summary>Adds up the values of all processes element by element (an all-reduce).</summary>
    /// <param name="values">The values of this process; receives the sums, the same in every process.</param>
    void AddUp(Span<long> values);

    /// <summary>Collects bytes from every process (an all-gather).</summary>
    /// <param name="sent">The bytes of this process; every process sends the same number.</param>
    /// <param name="received">Receives the bytes of every process, in the order of their ranks.</param>
    void Gather(ReadOnlySpan<byte> sent, Span<byte> received);

    /// <summary>Sends a separate part to every process (an all-to-all).</summary>
    /// <param name="sent">One part for each process, all of the same length. Part i goes to process i.</param>
    /// <param name="received">Receives the parts from every process for this one, in the order of their ranks.</param>
    void Transpose(ReadOnlySpan<byte> sent, Span<byte> received);
}
