namespace ClipGen;

/// <summary>The options of a <see cref="NormRecorder"/>: what it writes during the run.</summary>
public sealed class NormRecorderOptions
{
    /// <summary>
    /// Whether the run is also written to a file step by step, so that it survives a crash; true by default. A step takes about 30 bytes
    /// for each limit and one byte for each gradient.
    /// </summary>
    public bool WritesJournal { get; set; } = true;

    /// <summary>
    /// The path of that file, which must not exist. By default it is <c>NAME.clipgen.journal</c> in the current directory, or
    /// <c>NAME-2.clipgen.journal</c> if that exists. If the directory is not writable, there is no file.
    /// </summary>
    public string? JournalPath { get; set; }
}
