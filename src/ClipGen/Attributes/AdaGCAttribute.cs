namespace ClipGen;

/// <summary>Clips each gradient by an exponential mean of its own norm: <c>‖g‖ ≤ ratio · γ</c>.</summary>
/// <remarks>
/// <para>
/// During the warm-up, one norm over all gradients is clipped at <see cref="MaxNorm"/>, and each mean is the smallest clipped norm. After
/// that, a mean takes the clipped norm with the weight 0.02.
/// </para>
/// <para>
/// What the limit has learned belongs to the model: see <see cref="ClipState"/>. A gradient that is not finite and a step that is skipped
/// never enter it.
/// </para>
/// <para>Source: G. Wang et al., "AdaGC: enhancing LLM pretraining stability via adaptive gradient clipping", 2025.</para>
/// </remarks>
/// <param name="ratio">What the mean is multiplied with: greater than 0. 1.05 is usual.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class AdaGCAttribute(double ratio) : Attribute
{
    /// <summary>What the mean is multiplied with: greater than 0. 1.05 is usual.</summary>
    public double Ratio { get; } = ratio;

    /// <summary>
    /// A limit for the norm over all gradients that always holds as well. Without it, the limit is 1 during the warm-up, and there is
    /// none after it.
    /// </summary>
    public double MaxNorm { get; set; } = double.PositiveInfinity;

    /// <summary>The number of steps that the first means are taken from; 100 by default.</summary>
    public int WarmUpSteps { get; set; } = 100;

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in
    /// no group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }
}
