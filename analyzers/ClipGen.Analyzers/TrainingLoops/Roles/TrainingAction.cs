namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// What code does to gradients in a training step: the action of a method, of an event, or, combined, of a piece of code.
/// </summary>
/// <remarks>
/// Two neighboring questions have types of their own. <see cref="Flow.GradientState"/> is what has happened to gradients before, not what
/// is done to them. <see cref="Screening.IdentifierKinds"/> is what an identifier can mean before anything is known of the code around it.
/// </remarks>
[Flags]
internal enum TrainingAction
{
    None = 0,

    /// <summary>Computes gradients, or adds to them.</summary>
    Backward = 1,

    /// <summary>Limits gradients.</summary>
    Clip = 2,

    /// <summary>Updates parameters by gradients.</summary>
    Step = 4,

    /// <summary>Sets gradients to zero, or removes them.</summary>
    Reset = 8,

    /// <summary>Computes limited gradients and discards them. It looks like a clip and has no effect.</summary>
    DroppedClip = 16,

    /// <summary>Limits a tensor in place that the body does not know as a gradient: weights, or an argument.</summary>
    TensorLimit = 32,

    /// <summary>Gives parameters the gradients of other parameters, such as those of a copy of the network.</summary>
    Transfer = 64,

    /// <summary>
    /// Fills members of a hand-written network. It is a backward pass for the steps that read them, and for steps of hand-written networks
    /// if they are named like gradients.
    /// </summary>
    GradientWrite = 128,

    /// <summary>Limits members of a hand-written network that are named like gradients. For its steps it is a clip.</summary>
    GradientLimit = 256,
}
