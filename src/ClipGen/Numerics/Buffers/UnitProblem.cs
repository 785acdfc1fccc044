namespace ClipGen.Numerics.Buffers;

/// <summary>What keeps a gradient from being compared with its weights.</summary>
internal enum UnitProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No parameter is declared.</summary>
    NoParameter,

    /// <summary>The parameter has another length.</summary>
    OtherLength,

    /// <summary>The length of a unit does not divide that of the gradient.</summary>
    UnevenUnits,
}
