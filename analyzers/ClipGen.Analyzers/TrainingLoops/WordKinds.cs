namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>What a word can have to do with training.</summary>
[Flags]
internal enum WordKinds
{
    None = 0,

    /// <summary>It can have to do with training at all.</summary>
    Training = 1,

    /// <summary>It can name, mark or write out a step.</summary>
    Step = 2,

    /// <summary>It can name or mark a backward pass; without one in the program there is nothing to watch.</summary>
    Backward = 4,
}
