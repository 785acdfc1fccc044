namespace ClipGen;

/// <summary>
/// Limits the norm of each unit's gradient to a share of the norm of its weights: <c>‖g‖ ≤ ratio · max(‖w‖, 0.001)</c>. Requires the
/// parameters.
/// </summary>
/// <remarks>
/// <para>
/// A unit is the set of weights that produces one output: the elements with the same first index in an array such as <c>float[,]</c>, in a
/// jagged array or in a TorchSharp parameter; <see cref="GradientAttribute.UnitLength"/> consecutive elements in a flat array; otherwise
/// the whole buffer. A bias is one unit. The paper does not clip the last layer.
/// </para>
/// <para>
/// The number of steps is kept per model; see <see cref="ClipState"/>. Skipped steps do not count.
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

    /// <summary>An additional limit for the norm over all gradients; none by default.</summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>The number of first steps in which only <see cref="MaxNorm"/> applies; 0 by default.</summary>
    public int WarmUpSteps { get; set; }

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
