namespace ClipGen.Exchange;

/// <summary>The calls that processes make together, named as in the public API.</summary>
internal enum CallKind
{
    /// <summary>Averages gradients.</summary>
    AverageGradients,

    /// <summary>Averages gradients, clips them, and steps.</summary>
    ClipAndStep,

    /// <summary>Clips gradients that are distributed over processes.</summary>
    ClipSharded,

    /// <summary>Clips gradients that are distributed over processes, and steps.</summary>
    ClipAndStepSharded,

    /// <summary>Averages gradients, clips them, and steps in each process a part of the parameters.</summary>
    ClipAndStepWithShardedState,
}
