using System.Globalization;

namespace ClipGen;

/// <summary>What one call of <see cref="IClippable.ClipGradients()"/> found and did.</summary>
/// <remarks>A <see cref="ClipReport"/> tells the same of every limit and of every gradient.</remarks>
public readonly record struct ClipResult
{
    /// <summary>
    /// The norm before clipping, over all gradients of the model as if they were one vector, those that no limit covers included: what
    /// <c>GradientNorm()</c> returned before. Of the order that all limits share (clipping by value counts as 2); where they differ, of the
    /// order of the limit for all gradients, or 2 where there is none. Infinite or NaN when a gradient is. Also infinite when finite
    /// gradients have a norm beyond <see cref="double.MaxValue"/>; they are clipped all the same, and <see cref="IsFinite"/> is true.
    /// </summary>
    public double TotalNorm { get; init; }

    /// <summary>
    /// The factor that the gradients were multiplied with: 1 when nothing was scaled, the smallest one where several norms are clipped
    /// apart, 0 when all gradients were set to zero. Always 1 when clipping by value.
    /// </summary>
    public double Scale { get; init; }

    /// <summary>
    /// Whether any gradient was changed because it exceeded its limit. Where a group, a member or each gradient has a limit of its own,
    /// that can be so although <see cref="TotalNorm"/> is below the limit for all gradients: see <see cref="ExceedingNorm"/>.
    /// </summary>
    public bool Clipped { get; init; }

    /// <summary>
    /// The norm that exceeded its limit by the largest factor, before clipping: the one that <see cref="Scale"/> comes from. The largest
    /// magnitude of an element where only limits by value were exceeded. 0 when nothing was clipped.
    /// </summary>
    public double ExceedingNorm { get; init; }

    /// <summary>The limit that <see cref="ExceedingNorm"/> exceeded; 0 when nothing was clipped.</summary>
    public double ExceededLimit { get; init; }

    /// <summary>Whether no gradient held a NaN or an infinity before clipping, those that no limit covers included.</summary>
    public bool IsFinite => NonFiniteGradient is null;

    /// <summary>
    /// The path of the first gradient that held a NaN or an infinity, such as <c>_layers[3]._dBias</c>; <see langword="null"/> when all
    /// were finite.
    /// </summary>
    public string? NonFiniteGradient { get; init; }

    /// <summary>
    /// The number of the process that <see cref="NonFiniteGradient"/> is of, where several hold one model; else <see langword="null"/>.
    /// </summary>
    public int? NonFiniteRank { get; init; }

    /// <summary>
    /// Whether the optimizer's step was left out because a gradient was not finite, under <see cref="NonFinitePolicy.Zero"/> or
    /// <see cref="NonFinitePolicy.Leave"/>: parameters, state and step count are as before. Always <see langword="false"/> where gradients
    /// are only clipped.
    /// </summary>
    public bool Skipped { get; init; }

    /// <summary>
    /// Says in one line what was found and done, such as <c>norm 0.9, clipped: 0.5 exceeded the limit 0.1, scaled by 0.2</c>.
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
