namespace ClipGen;

/// <summary>Clips gradients by value: every element is clamped to [−limit, limit]. NaN stays NaN; infinities become ±limit.</summary>
/// <remarks>
/// On a class, struct or record, it applies to every gradient of the type. On a gradient member, it applies to that member only.
/// </remarks>
/// <param name="clipValue">The limit for the magnitude of each element. Greater than zero, in the units of the gradient.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class ClipGradValueAttribute(double clipValue) : Attribute
{
    /// <summary>The limit for the magnitude of each element.</summary>
    public double ClipValue { get; } = clipValue;

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in no
    /// group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>
    /// What to do when a gradient holds a NaN; <see cref="NonFinitePolicy.Throw"/> by default. Infinities are clamped under every policy,
    /// unless <see cref="ClipValue"/> itself is infinite.
    /// </summary>
    public NonFinitePolicy NonFinite { get; set; }
}
