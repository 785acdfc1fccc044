namespace ClipGen;

/// <summary>
/// Marks a member as a gradient buffer: <c>float[]</c>, <c>double[]</c> or another form that the documentation of CLIP003 lists. Gradient
/// sources are found without the attribute; on a member that holds one, the attribute only declares the group of that source.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class GradientAttribute : Attribute
{
    /// <summary>
    /// The group that this gradient belongs to, which the <c>Group</c> of a clip attribute on the model names; <see langword="null"/> for
    /// none.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>
    /// The number of elements, if the compiler cannot see it in a constant such as <c>new float[64]</c>: unrolled code clips small buffers
    /// of known length. 0 (the default) means unknown. The generated code checks the length; a wrong one is slower, but not an error.
    /// </summary>
    public int Length { get; set; }

    /// <summary>
    /// The number of elements of a unit, for <see cref="AdaptiveClipAttribute"/>: the length of a row, if a flat array stores a matrix row
    /// by row. 0 (the default) makes the array one unit. Arrays such as <c>float[,]</c> are divided by their first index.
    /// </summary>
    public int UnitLength { get; set; }
}
