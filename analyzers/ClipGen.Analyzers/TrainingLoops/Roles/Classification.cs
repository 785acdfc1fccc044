namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>What a method does in a training step, and how that is known.</summary>
internal readonly record struct Classification(TrainingAction Action, Evidence Evidence)
{
    public static readonly Classification None = default;

    /// <summary>Whether the user says what the method does, so that nothing in its source says otherwise.</summary>
    public bool IsMarked => Evidence == Evidence.Mark;
}

/// <summary>How it is known what a method does, the weakest first. It decides how much more evidence a report needs.</summary>
internal enum Evidence
{
    /// <summary>By its name only: a report needs other evidence too.</summary>
    Name,

    /// <summary>
    /// By its name, in a type that ClipGen's attributes declare as a model or gradient source. What its source does counts more.
    /// </summary>
    Model,

    /// <summary>By the symbol of a known library, or by what the source does to declared gradients.</summary>
    Certain,

    /// <summary>By an attribute or the options. The method is what they say, whatever it calls.</summary>
    Mark,
}
