namespace ClipGen;

/// <summary>Limits the norm of each gradient to a multiple of the exponential mean of its own norm: <c>‖g‖ ≤ ratio · γ</c>.</summary>
/// <remarks>
/// <para>
/// During the warm-up, the norm over all gradients is clipped to <see cref="MaxNorm"/>, and each mean is set to the smallest clipped norm
/// so far. After the warm-up, each clipped norm enters its mean with the weight 0.02.
/// </para>
/// <para>
/// The means are kept per model; see <see cref="ClipState"/>. Gradients that are not finite and skipped steps do not change them.
/// </para>
/// <para>Source: G. Wang et al., "AdaGC: enhancing LLM pretraining stability via adaptive gradient clipping", 2025.</para>
/// </remarks>
/// <param name="ratio">The factor applied to the mean: greater than 0. 1.05 is usual.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class AdaGCAttribute(double ratio) : Attribute
{
    /// <summary>The factor applied to the mean: greater than 0. 1.05 is usual.</summary>
    public double Ratio { get; } = ratio;

    /// <summary>
    /// An additional limit for the norm over all gradients. If it is not set, that limit is 1 during the warm-up, and there is none after
    /// it.
    /// </summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>The number of steps in which the means are initialized; 100 by default.</summary>
    public int WarmUpSteps { get; set; } = 100;

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
