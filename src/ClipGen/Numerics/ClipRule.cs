namespace ClipGen.Numerics;

/// <summary>One declared limit: what one clip attribute says. Made by <see cref="Norm"/> and <see cref="Value"/>.</summary>
/// <remarks>A rule is only data; its numbers are checked by the operation that uses it.</remarks>
public readonly record struct ClipRule
{
    /// <summary>
    /// The largest norm, or the largest magnitude when clipping by value, that is left as it is. In the units of the gradient; infinite to
    /// leave everything.
    /// </summary>
    public double Limit { get; internal init; }

    /// <summary>The order p of the norm <c>(Σ|g|^p)^(1/p)</c>, greater than zero or infinite. Not used when clipping by value.</summary>
    public double NormType { get; private init; }

    /// <summary>Whether every element is clamped to ±<see cref="Limit"/>, instead of scaled by the norm.</summary>
    public bool ByValue { get; private init; }

    /// <summary>Whether one norm runs over all gradients of the rule or every buffer has its own.</summary>
    public ClipScope Scope { get; private init; }

    /// <summary>What to do when a gradient of the rule holds a NaN or an infinity.</summary>
    public NonFinitePolicy NonFinite { get; internal init; }

    /// <summary>Added to the norm before the limit is divided by it; finite, 0 or greater.</summary>
    public double Epsilon { get; internal init; }

    /// <summary>The group whose gradients the rule is for; <see langword="null"/> for those that no other rule names.</summary>
    public string? Group { get; private init; }

    /// <summary>The member that declares the rule for itself alone; <see langword="null"/> for all others.</summary>
    public string? Member { get; private init; }

    /// <summary>
    /// The rule of <see cref="ClipGradNormAttribute"/>: scale by <c>limit / (norm + epsilon)</c> where that is less than 1.
    /// </summary>
    /// <param name="limit">The largest norm that is left as it is.</param>
    /// <param name="normType">The order of the norm.</param>
    /// <param name="scope">What one norm runs over.</param>
    /// <param name="nonFinite">What to do with a NaN or an infinity.</param>
    /// <param name="epsilon">Added to the norm before dividing.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it. Its gradients are found
    /// by <paramref name="group"/>.</param>
    public static ClipRule Norm(
        double limit,
        double normType = 2.0,
        ClipScope scope = ClipScope.Global,
        NonFinitePolicy nonFinite = NonFinitePolicy.Throw,
        double epsilon = 0.0,
        string? group = null,
        string? member = null) => new()
        {
            Limit = limit,
            NormType = normType,
            Scope = scope,
            NonFinite = nonFinite,
            Epsilon = epsilon,
            Group = group,
            Member = member,
        };

    /// <summary>The rule of <see cref="ClipGradValueAttribute"/>: clamp every element to ±<paramref name="limit"/>.</summary>
    /// <param name="limit">The largest magnitude that is left as it is.</param>
    /// <param name="nonFinite">What to do with a NaN.</param>
    /// <param name="group">The group the rule is for.</param>
    /// <param name="member">The member that declares the rule for itself, as a <see cref="ClipReport"/> names it. Its gradients are found
    /// by <paramref name="group"/>.</param>
    public static ClipRule Value(
        double limit, NonFinitePolicy nonFinite = NonFinitePolicy.Throw, string? group = null, string? member = null) => new()
        {
            Limit = limit,
            NormType = 2.0,
            ByValue = true,
            NonFinite = nonFinite,
            Group = group,
            Member = member,
        };
}
