namespace ClipGen;

/// <summary>Clips gradients by a percentile of all norms so far, this one included: the limit follows the gradients.</summary>
/// <remarks>
/// <para>
/// The norms of all steps count the same. The first 2048 are kept, so that the percentile is exact. After that they are counted in buckets
/// (DDSketch), and the percentile is within 0.4 % of the exact one.
/// </para>
/// <para>
/// What the limit has learned belongs to the model: see <see cref="ClipState"/>. A gradient that is not finite and a step that is skipped
/// never enter it.
/// </para>
/// <para>Source: P. Seetharaman et al., "AutoClip: adaptive gradient clipping for source separation networks", MLSP 2020.</para>
/// </remarks>
/// <param name="percentile">
/// The percentile: greater than 0, and at most 100. 10 is usual. The larger it is, the fewer steps are clipped.
/// </param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class AutoClipAttribute(double percentile) : Attribute
{
    /// <summary>The percentile: greater than 0, and at most 100. 10 is usual. The larger it is, the fewer steps are clipped.</summary>
    public double Percentile { get; } = percentile;

    /// <summary>A limit that always holds as well; none by default.</summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>The number of steps that are only observed; 0 by default.</summary>
    public int WarmUpSteps { get; set; }

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
