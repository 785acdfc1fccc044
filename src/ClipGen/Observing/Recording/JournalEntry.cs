namespace ClipGen.Observing.Recording;

/// <summary>What an entry of a journal holds.</summary>
internal enum JournalEntry : byte
{
    /// <summary>The run's name and beginning.</summary>
    Run = 1,

    /// <summary>A model.</summary>
    Model = 2,

    /// <summary>The limits and gradients of a model's next steps.</summary>
    Layout = 3,

    /// <summary>One step of a model.</summary>
    Step = 4,
}
