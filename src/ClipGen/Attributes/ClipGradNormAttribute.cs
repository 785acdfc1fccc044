namespace ClipGen;

/// <summary>
/// Clips gradients by their norm: <c>g ← g · limit / (‖g‖ + ε)</c> if that factor is less than 1. Otherwise the gradients do not change.
/// With the default <see cref="Epsilon"/> of 0, the condition is <c>‖g‖ &gt; limit</c>.
/// </summary>
/// <remarks>
/// <para>
/// On a class, struct or record, the attribute declares one norm over every gradient that the type declares, inherits or holds in its
/// gradient sources. On a gradient member, it declares that member's own norm, which is separate from the norm of the class.
/// </para>
/// <para>
/// Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, algorithm 1.
/// </para>
/// </remarks>
/// <param name="maxNorm">The limit: larger norms are scaled down to it. Greater than zero, in the units of the gradient.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class ClipGradNormAttribute(double maxNorm) : Attribute
{
    /// <summary>The limit: larger norms are scaled down to it.</summary>
    public double MaxNorm { get; } = maxNorm;

    /// <summary>
    /// The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: 2 by default; 1, any other p &gt; 0, or <see cref="double.PositiveInfinity"/> for the
    /// largest magnitude.
    /// </summary>
    public double NormType { get; set; } = 2.0;

    /// <summary>Whether one norm covers all gradients (the default) or each gradient buffer has its own norm.</summary>
    public ClipScope Scope { get; set; }

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in no
    /// group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }

    /// <summary>A number added to the norm before the limit is divided by it: 0 by default; PyTorch uses 1e-6.</summary>
    public double Epsilon { get; set; }
}
