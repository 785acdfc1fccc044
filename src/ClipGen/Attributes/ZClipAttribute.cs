namespace ClipGen;

/// <summary>Clips gradients whose norm is an outlier: by its z-score against the exponential mean and variance of the norms.</summary>
/// <remarks>
/// <para>
/// A norm with a z-score z above the threshold is scaled to <c>μ + threshold² · σ / z</c>: the larger the z-score, the closer to the mean.
/// The clipped norm then enters the mean and the variance with the weight 0.03.
/// </para>
/// <para>
/// The mean and the variance are kept per model; see <see cref="ClipState"/>. Gradients that are not finite and skipped steps do not change
/// them.
/// </para>
/// <para>Source: A. Kumar et al., "ZClip: adaptive spike mitigation for LLM pre-training", 2025.</para>
/// </remarks>
/// <param name="threshold">The largest z-score that is not clipped: greater than 0. 2.5 is usual.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class ZClipAttribute(double threshold) : Attribute
{
    /// <summary>The largest z-score that is not clipped: greater than 0. 2.5 is usual.</summary>
    public double Threshold { get; } = threshold;

    /// <summary>An additional fixed limit for the norm, which also applies during the warm-up; none by default.</summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>
    /// The number of first steps, which are not clipped and which initialize the mean and the variance: at least 2; 25 by default.
    /// </summary>
    public int WarmUpSteps { get; set; } = 25;

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
