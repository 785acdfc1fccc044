namespace ClipGen;

/// <summary>What one norm covers.</summary>
public enum ClipScope
{
    /// <summary>
    /// One norm covers all gradients, as if they were one vector. One factor scales all of them, so that the direction of the step does not
    /// change.
    /// </summary>
    Global = 0,

    /// <summary>Each gradient buffer has its own norm and factor. The direction of the step may change.</summary>
    PerParameter = 1,
}
