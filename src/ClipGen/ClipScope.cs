namespace ClipGen;

/// <summary>What one norm runs over.</summary>
public enum ClipScope
{
    /// <summary>
    /// One norm over all gradients, as if they were one vector. They are scaled by one common factor, so the direction of the step stays.
    /// </summary>
    Global = 0,

    /// <summary>Every gradient buffer has its own norm and is scaled on its own. The direction of the step may change.</summary>
    PerParameter = 1,
}
