namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// What code does to gradients in a training step: what a method is known to do, what happens at one place, and, combined, what a piece of
/// code does in all.
/// </summary>
/// <remarks>
/// Two neighbouring questions have types of their own. <see cref="Flow.GradientState"/> is what has happened to gradients before, not what
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

    /// <summary>Computes limited gradients and drops them: it looks like a clip and has no effect.</summary>
    DroppedClip = 16,

    /// <summary>Limits a tensor in place that is no gradient as far as the body knows: weights, or what a caller hands over.</summary>
    TensorLimit = 32,

    /// <summary>Gives parameters the gradients of other parameters, such as those of a copy of the network.</summary>
    Transfer = 64,

    /// <summary>
    /// Fills members of a hand-written network. It is a backward pass for the steps that read them, and for those of hand-written networks
    /// if they are named as gradients.
    /// </summary>
    GradientWrite = 128,

    /// <summary>Limits members of a hand-written network that are named as gradients. For its steps it is a clip.</summary>
    GradientLimit = 256,
}
