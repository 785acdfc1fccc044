namespace ClipGen.Numerics.Threads;

/// <summary>Which chunks a traversal processes. Chunks are numbered in the order of the source.</summary>
internal interface IChunkChoice
{
    /// <summary>Whether this traversal processes the chunk. Asked once for each.</summary>
    bool TryClaim(int chunk);

    /// <summary>Called after a chunk was processed, with its sum, or 0.</summary>
    void Complete(int chunk, double sum);
}
