namespace ClipGen.Numerics.Overlap;

/// <summary>What a pass notes of the memory that it visits, to tell whether two buffers share some.</summary>
internal interface IAddressWatch
{
    /// <summary>Whether addresses are noted at all. Decided when a pass is compiled.</summary>
    static abstract bool IsNeeded { get; }

    /// <summary>Whether two of the buffers may share memory.</summary>
    bool MayOverlap { get; }

    /// <summary>Takes a buffer that is not empty.</summary>
    void Add<T>(Span<T> gradient);

    /// <summary>Makes ready for a group of buffers whose first element is <paramref name="first"/>.</summary>
    void MoveTo<T>(ref T first);

    /// <summary>Takes a group of buffers, one behind the other, if it is plain that none is tied to another buffer.</summary>
    bool TryTake<T>(ref T first, ref T behindLast);
}
