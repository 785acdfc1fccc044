namespace ClipGen.Numerics.Overlap;

/// <summary>
/// What a pass records about the buffers that it visits, to detect buffers that share memory, or to sum without rounding.
/// </summary>
internal interface IAddressWatch
{
    /// <summary>Whether addresses are recorded at all. Constant when the JIT compiles a pass.</summary>
    static abstract bool IsNeeded { get; }

    /// <summary>Whether <see cref="AddTerm"/> receives the sums of buffers. Constant when the JIT compiles a pass.</summary>
    static abstract bool SumsExactly { get; }

    /// <summary>Whether two of the buffers may share memory.</summary>
    bool MayOverlap { get; }

    /// <summary>Adds a buffer that is not empty.</summary>
    void Add<T>(Span<T> gradient);

    /// <summary>Prepares for a block of buffers whose first element is <paramref name="first"/>.</summary>
    void MoveTo<T>(ref T first);

    /// <summary>Adds a block of consecutive buffers, if its addresses alone prove that none is tied to another buffer.</summary>
    bool TryTake<T>(ref T first, ref T behindLast);

    /// <summary>Adds the sum of a buffer to an exact sum.</summary>
    void AddTerm(double term);

    /// <summary>Starts gradients that every process holds.</summary>
    void EnterReplicated();

    /// <summary>Ends what the last <see cref="EnterReplicated"/> started.</summary>
    void LeaveReplicated();
}
