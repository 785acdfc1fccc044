namespace ClipGen.Mpi.Native;

/// <summary>The exchange of a single process.</summary>
internal sealed class OneProcess : IGradientExchange
{
    public int Rank => 0;

    public int Size => 1;

    public void AddUp(Span<long> values)
    {
    }

    public void Gather(ReadOnlySpan<byte> sent, Span<byte> received) => sent.CopyTo(received);

    public void Transpose(ReadOnlySpan<byte> sent, Span<byte> received) => sent.CopyTo(received);
}
