namespace ClipGen.Numerics.Buffers;

/// <summary>The reason why a gradient cannot be compared with its weights.</summary>
internal enum UnitProblem
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>No parameter is declared.</summary>
    NoParameter,

    /// <summary>The parameter has another length.</summary>
    OtherLength,

    /// <summary>The length of a unit does not divide the length of the gradient.</summary>
    UnevenUnits,
}
