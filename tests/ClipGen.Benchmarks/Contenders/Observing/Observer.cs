namespace ClipGen.Benchmarks.Contenders.Observing;

/// <summary>The observer of the clips of a contender.</summary>
public enum Observer
{
    /// <summary>No observer.</summary>
    None,

    /// <summary>A listener of all instruments, which does nothing with the measurements.</summary>
    Listener,

    /// <summary>A recorder without a journal.</summary>
    Recorder,
}
