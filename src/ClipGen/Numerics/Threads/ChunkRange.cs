namespace ClipGen.Numerics.Threads;

/// <summary>Consecutive chunks.</summary>
/// <param name="First">The first of them.</param>
/// <param name="End">The chunk after the last.</param>
internal readonly record struct ChunkRange(int First, int End) : IChunkChoice
{
    public bool TryClaim(int chunk) => chunk >= First && chunk < End;

    public void Complete(int chunk, double sum)
    {
    }
}
