namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>The action of a method in a training step, and how it is known.</summary>
internal readonly record struct Classification(TrainingAction Action, Evidence Evidence)
{
    public static readonly Classification None = default;

    /// <summary>Whether the user states the action, so that the source of the method is not consulted.</summary>
    public bool IsMarked => Evidence == Evidence.Mark;
}

/// <summary>How the action of a method is known, the weakest evidence first. It decides how much further evidence a report needs.</summary>
internal enum Evidence
{
    /// <summary>By name only. A report needs other evidence, too.</summary>
    Name,

    /// <summary>By name, in a type that ClipGen's attributes declare as a model or gradient source. Its source has priority.</summary>
    Model,

    /// <summary>By the symbol of a known library, or by the effect of its source on declared gradients.</summary>
    Certain,

    /// <summary>By an attribute or an option, whatever the method calls.</summary>
    Mark,
}
