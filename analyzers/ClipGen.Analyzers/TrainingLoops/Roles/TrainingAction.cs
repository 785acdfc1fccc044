namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>What a call does in a training step.</summary>
internal enum TrainingAction
{
    None,
    Backward,
    Clip,
    Step,
    Reset,
}

/// <summary>How a role was found out, which decides how much more evidence a report needs.</summary>
internal enum Evidence
{
    /// <summary>By its name only: a report needs other evidence beside it.</summary>
    Name,

    /// <summary>By an attribute, an interface, the options, or the symbol of a library that is known.</summary>
    Certain,
}

/// <summary>What a method does in a training step, and how that is known.</summary>
internal readonly record struct Classification(TrainingAction Role, Evidence Evidence)
{
    public static readonly Classification None = default;
}
