namespace ClipGen.Benchmarks.Contenders.Observing;

/// <summary>Who observes the clips of a contender.</summary>
public enum Observer
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>A listener of all instruments, which does nothing with the measurements.</summary>
    Listener,

    /// <summary>A recorder without a journal.</summary>
    Recorder,
}
