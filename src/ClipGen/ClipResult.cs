namespace ClipGen;

/// <summary>What one call of <see cref="IClippable.ClipGradients()"/> found and did.</summary>
public readonly record struct ClipResult
{
    /// <summary>
    /// The norm of all gradients before clipping, of the order that the clip attribute names; the L2 norm when clipping by value.
    /// Infinite or NaN when a gradient is. Also infinite when finite gradients have a norm beyond <see cref="double.MaxValue"/>; they are clipped all
    /// the same, and <see cref="IsFinite"/> is true.
    /// </summary>
    public double TotalNorm { get; init; }

    /// <summary>
    /// The factor that the gradients were multiplied with: 1 when nothing was scaled, the smallest one where several norms are clipped apart,
    /// 0 when all gradients were set to zero. Always 1 when clipping by value.
    /// </summary>
    public double Scale { get; init; }

    /// <summary>Whether any gradient was changed because it exceeded its limit.</summary>
    public bool Clipped { get; init; }

    /// <summary>Whether no gradient held a NaN or an infinity before clipping.</summary>
    public bool IsFinite => NonFiniteGradient is null;

    /// <summary>The path of the first gradient that held a NaN or an infinity, such as <c>_layers[3]._dBias</c>; <see langword="null"/> when all were finite.</summary>
    public string? NonFiniteGradient { get; init; }
}
