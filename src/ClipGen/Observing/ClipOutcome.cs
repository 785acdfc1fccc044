namespace ClipGen.Observing;

/// <summary>The outcome of a clip.</summary>
internal enum ClipOutcome
{
    /// <summary>No gradient exceeded its limit.</summary>
    Kept,

    /// <summary>A gradient exceeded its limit and was changed.</summary>
    Clipped,

    /// <summary>A gradient was not finite, so the step is skipped.</summary>
    Skipped,
}
