namespace ClipGen.Observing;

/// <summary>What a clip did.</summary>
internal enum ClipOutcome
{
    /// <summary>No gradient exceeded its limit.</summary>
    Kept,

    /// <summary>A gradient exceeded its limit and was changed.</summary>
    Clipped,

    /// <summary>A gradient was not finite, so there is no step.</summary>
    Skipped,
}
