namespace ClipGen;

/// <summary>
/// Clips gradients by their norm: <c>g ← g · limit / (‖g‖ + ε)</c> where that factor is less than 1, else nothing is touched. Without
/// <see cref="Epsilon"/>, that is where <c>‖g‖ &gt; limit</c>.
/// </summary>
/// <remarks>
/// <para>
/// On a class, struct or record it declares one norm over every gradient that the type declares, inherits or holds in its gradient sources.
/// On a gradient member it declares that member's own norm, beside the one of the class.
/// </para>
/// <para>
/// Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, algorithm 1.
/// </para>
/// </remarks>
/// <param name="maxNorm">The limit: the largest norm that is left as it is. Greater than zero; in the units of the gradient.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method,
    AllowMultiple = true,
    Inherited = false)]
public sealed class ClipGradNormAttribute(double maxNorm) : Attribute
{
    /// <summary>The limit: the largest norm that is left as it is.</summary>
    public double MaxNorm { get; } = maxNorm;

    /// <summary>
    /// The order p of the norm <c>(Σ|g|^p)^(1/p)</c>: 2 by default; 1, any other p &gt; 0, or <see cref="double.PositiveInfinity"/> for the
    /// largest magnitude.
    /// </summary>
    public double NormType { get; set; } = 2.0;

    /// <summary>Whether one norm runs over all gradients (the default) or every gradient buffer has its own.</summary>
    public ClipScope Scope { get; set; }

    /// <summary>
    /// The group of gradients this limit is for (see <see cref="GradientAttribute.Group"/>); <see langword="null"/> for all gradients in no
    /// group.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>What to do when a gradient holds a NaN or an infinity; <see cref="NonFinitePolicy.Throw"/> by default.</summary>
    public NonFinitePolicy NonFinite { get; set; }

    /// <summary>Added to the norm before the limit is divided by it: 0 by default; PyTorch uses 1e-6.</summary>
    public double Epsilon { get; set; }
}
