namespace ClipGen.Numerics.Overlap;

/// <summary>
/// What a pass notes of the buffers that it visits, to tell whether two of them share memory, or to sum them without rounding.
/// </summary>
internal interface IAddressWatch
{
    /// <summary>Whether addresses are noted at all. Decided when a pass is compiled.</summary>
    static abstract bool IsNeeded { get; }

    /// <summary>Whether <see cref="AddTerm"/> takes the sums of buffers. Decided when a pass is compiled.</summary>
    static abstract bool SumsExactly { get; }

    /// <summary>Whether two of the buffers may share memory.</summary>
    bool MayOverlap { get; }

    /// <summary>Takes a buffer that is not empty.</summary>
    void Add<T>(Span<T> gradient);

    /// <summary>Makes ready for a group of buffers whose first element is <paramref name="first"/>.</summary>
    void MoveTo<T>(ref T first);

    /// <summary>Takes a group of buffers, one behind the other, if it is plain that none is tied to another buffer.</summary>
    bool TryTake<T>(ref T first, ref T behindLast);

    /// <summary>Adds the sum of a buffer to an exact sum.</summary>
    void AddTerm(double term);

    /// <summary>Begins gradients that every process holds.</summary>
    void EnterReplicated();

    /// <summary>Ends what the last <see cref="EnterReplicated"/> began.</summary>
    void LeaveReplicated();
}
