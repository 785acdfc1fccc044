namespace ClipGen;

/// <summary>
/// Clips the gradient of each unit by the norm of its weights: <c>‖g‖ ≤ ratio · max(‖w‖, 0.001)</c>. Needs the parameters.
/// </summary>
/// <remarks>
/// <para>
/// A unit is what feeds one output: the elements with the same first index of an array such as <c>float[,]</c>, of a jagged array or a
/// TorchSharp parameter; <see cref="GradientAttribute.UnitLength"/> elements of a flat array; else the whole buffer. A bias is one unit.
/// The paper leaves out the last layer.
/// </para>
/// <para>
/// What the limit has learned belongs to the model: see <see cref="ClipState"/>. A gradient that is not finite and a step that is skipped
/// never enter it.
/// </para>
/// <para>Source: A. Brock et al., "High-performance large-scale image recognition without normalization", ICML 2021 (AGC).</para>
/// </remarks>
/// <param name="ratio">The share of the norm of the weights: greater than 0. 0.01 is usual for large batches.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class AdaptiveClipAttribute(double ratio) : Attribute
{
    /// <summary>The share of the norm of the weights: greater than 0. 0.01 is usual for large batches.</summary>
    public double Ratio { get; } = ratio;

    /// <summary>A limit for the norm over all gradients that always holds as well; none by default.</summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>The number of steps that only <see cref="MaxNorm"/> limits; 0 by default.</summary>
    public int WarmUpSteps { get; set; }

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
