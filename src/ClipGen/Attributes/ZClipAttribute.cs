namespace ClipGen;

/// <summary>Clips gradients whose norm stands out: by the z-score against an exponential mean and variance of the norms.</summary>
/// <remarks>
/// <para>
/// A norm with a z-score above the threshold is brought to <c>μ + threshold² · σ / z</c>: the more it stands out, the closer to the mean.
/// The mean and the variance then take the clipped norm, with the weight 0.03.
/// </para>
/// <para>
/// What the limit has learned belongs to the model: see <see cref="ClipState"/>. A gradient that is not finite and a step that is skipped
/// never enter it.
/// </para>
/// <para>Source: A. Kumar et al., "ZClip: adaptive spike mitigation for LLM pre-training", 2025.</para>
/// </remarks>
/// <param name="threshold">The largest z-score that is left as it is: greater than 0. 2.5 is usual.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class ZClipAttribute(double threshold) : Attribute
{
    /// <summary>The largest z-score that is left as it is: greater than 0. 2.5 is usual.</summary>
    public double Threshold { get; } = threshold;

    /// <summary>A limit that always holds as well, also during the warm-up; none by default.</summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>
    /// The number of steps from which the first mean and variance are taken, and which are not clipped: at least 2; 25 by default.
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
