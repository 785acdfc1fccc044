namespace ClipGen.Exchange;

/// <summary>The calls that processes make together, by the names that users know them by.</summary>
internal enum CallKind
{
    /// <summary>Averages gradients.</summary>
    AverageGradients,

    /// <summary>Averages gradients, clips them, and steps.</summary>
    ClipAndStep,

    /// <summary>Clips gradients that several processes hold.</summary>
    ClipSharded,

    /// <summary>Clips gradients that several processes hold, and steps.</summary>
    ClipAndStepSharded,
}
