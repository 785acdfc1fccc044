using System.Globalization;

namespace ClipGen;

/// <summary>The result of one clip.</summary>
/// <remarks>A <see cref="ClipReport"/> contains the same for every limit and every gradient.</remarks>
public readonly record struct ClipResult
{
    /// <summary>
    /// The norm before clipping over all gradients of the model, including those without a limit, as if they were one vector: the value of
    /// <c>GradientNorm()</c> before the clip. Its order is the one that all limits share (2 for clipping by value), else the order of the
    /// limit for all gradients, else 2. Infinite or NaN if a gradient is. Also infinite if finite gradients have a norm greater than
    /// <see cref="double.MaxValue"/>; they are clipped nevertheless, and <see cref="IsFinite"/> is true.
    /// </summary>
    public double TotalNorm { get; init; }

    /// <summary>
    /// The factor that the gradients were multiplied by: 1 if nothing was scaled, 0 if all gradients were set to zero, and the smallest
    /// factor if several norms were clipped separately. Always 1 when clipping by value.
    /// </summary>
    public double Scale { get; init; }

    /// <summary>
    /// Whether any gradient was changed because a limit was exceeded. This can be true although <see cref="TotalNorm"/> is below the limit
    /// for all gradients, if a group, a member or each gradient has its own limit: see <see cref="ExceedingNorm"/>.
    /// </summary>
    public bool Clipped { get; init; }

    /// <summary>
    /// The norm before clipping that exceeded its limit by the largest factor, which determined <see cref="Scale"/>. If only limits by
    /// value were exceeded, the largest magnitude of an element. 0 if nothing was clipped.
    /// </summary>
    public double ExceedingNorm { get; init; }

    /// <summary>The limit that <see cref="ExceedingNorm"/> exceeded; 0 if nothing was clipped.</summary>
    public double ExceededLimit { get; init; }

    /// <summary>Whether all gradients were finite before clipping, including those without a limit.</summary>
    public bool IsFinite => NonFiniteGradient is null;

    /// <summary>
    /// The path of the first gradient with a NaN or an infinity, such as <c>_layers[3]._dBias</c>; <see langword="null"/> if all were
    /// finite.
    /// </summary>
    public string? NonFiniteGradient { get; init; }

    /// <summary>
    /// The rank of the process whose gradient <see cref="NonFiniteGradient"/> is, if several processes train a model; otherwise
    /// <see langword="null"/>.
    /// </summary>
    public int? NonFiniteRank { get; init; }

    /// <summary>
    /// Whether the optimizer's step was skipped because a gradient was not finite, under <see cref="NonFinitePolicy.Zero"/> or
    /// <see cref="NonFinitePolicy.Leave"/>. Parameters, state and step count are then unchanged. Always <see langword="false"/> if there
    /// was only a clip and no step.
    /// </summary>
    public bool Skipped { get; init; }

    /// <summary>
    /// Returns the result in one line, such as <c>norm 0.9, clipped: 0.5 exceeded the limit 0.1, scaled by 0.2</c>.
    /// </summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"norm {TotalNorm:G6}");
        if (Clipped && ExceededLimit > 0)
            text += string.Create(CultureInfo.InvariantCulture, $", clipped: {ExceedingNorm:G6} exceeded the limit {ExceededLimit:G6}");
        else if (Clipped)
            text += ", clipped";
        text += GradientResult.Describe(Clipped, Scale);
        if (NonFiniteGradient is not null)
            text += $"; not finite: {NonFiniteGradient}";
        if (NonFiniteRank is { } rank)
            text += string.Create(CultureInfo.InvariantCulture, $" of rank {rank}");
        return Skipped ? text + ", step skipped" : text;
    }
}
