namespace ClipGen;

/// <summary>Limits the norm of the gradients to a percentile of all norms so far, including the current one.</summary>
/// <remarks>
/// <para>
/// Every step has the same weight. The percentile is exact for the first 2048 norms, which are stored. Later norms are counted in buckets
/// (DDSketch), and the percentile is within 0.4 % of the exact one.
/// </para>
/// <para>
/// The norms are kept per model; see <see cref="ClipState"/>. Gradients that are not finite and skipped steps do not change them.
/// </para>
/// <para>Source: P. Seetharaman et al., "AutoClip: adaptive gradient clipping for source separation networks", MLSP 2020.</para>
/// </remarks>
/// <param name="percentile">
/// The percentile: greater than 0, and at most 100. 10 is usual. A larger percentile clips fewer steps.
/// </param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class AutoClipAttribute(double percentile) : Attribute
{
    /// <summary>The percentile: greater than 0, and at most 100. 10 is usual. A larger percentile clips fewer steps.</summary>
    public double Percentile { get; } = percentile;

    /// <summary>An additional fixed limit for the norm; none by default.</summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>The number of first steps whose norms are collected but not clipped; 0 by default.</summary>
    public int WarmUpSteps { get; set; }

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
