namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>What a method does in a training step, and how that is known.</summary>
internal readonly record struct Classification(TrainingAction Action, Evidence Evidence)
{
    public static readonly Classification None = default;
}

/// <summary>How it is known what a method does. It decides how much more evidence a report needs.</summary>
internal enum Evidence
{
    /// <summary>By its name only: a report needs other evidence too.</summary>
    Name,

    /// <summary>By an attribute, an interface, the options, or the symbol of a known library.</summary>
    Certain,
}
