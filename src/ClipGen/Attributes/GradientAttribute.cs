namespace ClipGen;

/// <summary>
/// Marks a member as a gradient buffer: <c>float[]</c>, <c>double[]</c> and the other forms that the documentation of CLIP003 lists.
/// On a member that holds a gradient source it only says to which group that source belongs: sources are found without being marked.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class GradientAttribute : Attribute
{
    /// <summary>
    /// The group that this gradient is clipped with, named again in the <c>Group</c> of a clip attribute on the model;
    /// <see langword="null"/> for none.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>
    /// The number of elements, where the compiler cannot see it in a constant <c>new float[64]</c>: small buffers of known length are
    /// clipped by unrolled code. 0 (the default) for unknown. A wrong length is not an error, only slower: the generated code checks it.
    /// </summary>
    public int Length { get; set; }

    /// <summary>
    /// The number of elements of a unit, whose gradient <see cref="AdaptiveClipAttribute"/> limits by the norm of its weights: the length
    /// of a row, where a flat array holds a matrix row by row. 0 (the default) for one unit. Arrays such as <c>float[,]</c> are divided by
    /// their first index.
    /// </summary>
    public int UnitLength { get; set; }
}
