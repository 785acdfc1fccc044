using System.Globalization;

namespace ClipGen;

/// <summary>What one clip found and did to one gradient.</summary>
public readonly record struct GradientResult
{
    /// <summary>The gradient's path from the model, such as <c>_layers[3]._dBias</c>.</summary>
    public string Name { get; init; }

    /// <summary>The position of the gradient's limit in <see cref="ClipReport.Limits"/>; −1 where no limit covers it.</summary>
    public int LimitIndex { get; init; }

    /// <summary>The group whose limit covers the gradient; <see langword="null"/> where that limit is for no group, or there is none.</summary>
    public string? Group { get; init; }

    /// <summary>The gradient's limit; infinite where none covers it. It is for the gradient alone only if <see cref="LimitResult.Scope"/> says so.</summary>
    public double Limit { get; init; }

    /// <summary>
    /// The norm of the gradient alone, before clipping, in the order of its limit; the largest magnitude where that clips by value. Where no limit
    /// covers it, in the order of <see cref="ClipResult.TotalNorm"/>.
    /// </summary>
    public double Norm { get; init; }

    /// <summary>The factor that the gradient was multiplied with: 1 when it was not scaled, 0 when all gradients were set to zero.</summary>
    public double Factor { get; init; }

    /// <summary>Whether the gradient was changed because its limit was exceeded.</summary>
    public bool Clipped { get; init; }

    /// <summary>Says in one line what was found and done, such as <c>_dHead: norm 0.5, limit 0.1, clipped, scaled by 0.2</c>.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Name}: norm {Norm:G6}");
        if (double.IsPositiveInfinity(Limit))
            return text + ", no limit" + (Factor == 0 ? Describe(false, 0) : "");
        text += string.Create(CultureInfo.InvariantCulture, $", limit {Limit:G6}");
        return text + (Clipped ? ", clipped" : "") + Describe(Clipped, Factor);
    }

    // What was done, as a part of a sentence.
    internal static string Describe(bool clipped, double factor) => (clipped, factor) switch
    {
        (true, 1) => "",
        (false, 1) => ", not clipped",
        (false, 0) => ", set to zero",
        _ => string.Create(CultureInfo.InvariantCulture, $", scaled by {factor:G6}"),
    };
}
