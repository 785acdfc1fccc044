namespace ClipGen;

/// <summary>What a <see cref="NormRecorder"/> writes while it records.</summary>
public sealed class NormRecorderOptions
{
    /// <summary>
    /// Whether the run is also written to a file step by step, so that it outlives a crash; true by default. A step takes about 30 bytes
    /// for each limit and one for each gradient.
    /// </summary>
    public bool WritesJournal { get; set; } = true;

    /// <summary>
    /// Where that file goes; it must not exist. By default it is <c>NAME.clipgen.journal</c> in the current directory, or
    /// <c>NAME-2.clipgen.journal</c> where that exists, and none where the directory cannot be written to.
    /// </summary>
    public string? JournalPath { get; set; }
}
