using System.Globalization;

namespace ClipGen;

/// <summary>The result of one clip for one gradient.</summary>
public readonly record struct GradientResult
{
    /// <summary>The gradient's path from the model, such as <c>_layers[3]._dBias</c>.</summary>
    public string Name { get; init; }

    /// <summary>The position of the gradient's limit in <see cref="ClipReport.Limits"/>; −1 if it has none.</summary>
    public int LimitIndex { get; init; }

    /// <summary>
    /// The group of the limit that covers the gradient; <see langword="null"/> if that limit has no group, or if there is no limit.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// The limit that covers the gradient; infinite if there is none. <see cref="LimitResult.Scope"/> tells whether it applies to this
    /// gradient alone.
    /// </summary>
    public double Limit { get; init; }

    /// <summary>
    /// The norm of this gradient before clipping, in the order of its limit, or the largest magnitude if the limit clips by value. Without
    /// a limit, the norm has the order of <see cref="ClipResult.TotalNorm"/>.
    /// </summary>
    public double Norm { get; init; }

    /// <summary>
    /// The factor that the gradient was multiplied by: 1 if it was not scaled, 0 if all gradients were set to zero.
    /// </summary>
    public double Factor { get; init; }

    /// <summary>Whether the gradient was changed because its limit was exceeded.</summary>
    public bool Clipped { get; init; }

    /// <summary>Returns the result in one line, such as <c>_dHead: norm 0.5, limit 0.1, clipped, scaled by 0.2</c>.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Name}: norm {Norm:G6}");
        if (double.IsPositiveInfinity(Limit))
            return text + ", no limit" + (Factor == 0 ? Describe(false, 0) : "");
        text += string.Create(CultureInfo.InvariantCulture, $", limit {Limit:G6}");
        return text + (Clipped ? ", clipped" : "") + Describe(Clipped, Factor);
    }

    // The action as the end of a sentence.
    internal static string Describe(bool clipped, double factor) => (clipped, factor) switch
    {
        (true, 1) => "",
        (false, 1) => ", not clipped",
        (false, 0) => ", set to zero",
        _ => string.Create(CultureInfo.InvariantCulture, $", scaled by {factor:G6}"),
    };
}
