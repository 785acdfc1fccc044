namespace ClipGen.Observing.Recording;

/// <summary>The kind of an entry of a journal.</summary>
internal enum JournalEntry : byte
{
    /// <summary>The name and the start of the run.</summary>
    Run = 1,

    /// <summary>A model.</summary>
    Model = 2,

    /// <summary>The limits and gradients of the following steps of a model.</summary>
    Layout = 3,

    /// <summary>One step of a model.</summary>
    Step = 4,
}
