using System.Globalization;
using ClipGen.Numerics;

namespace ClipGen;

/// <summary>The result of one clip for one limit of the model.</summary>
public readonly record struct LimitResult
{
    /// <summary>
    /// The group that the limit applies to; <see langword="null"/> for the limit of a member and for the limit for all gradients.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>The member that declares the limit for itself; <see langword="null"/> for other limits.</summary>
    public string? Member { get; init; }

    /// <summary>
    /// The limit for the norm, or for the magnitude of each element when clipping by value. For an adaptive limit, its value in this clip.
    /// If each gradient or unit has its own value, the one that is exceeded most, or else the closest.
    /// </summary>
    public double Limit { get; init; }

    /// <summary>Whether every element is clamped to ±<see cref="Limit"/>, instead of scaled by the norm.</summary>
    public bool ByValue { get; init; }

    /// <summary>Whether one norm covers all gradients of the limit or each has its own norm.</summary>
    public ClipScope Scope { get; init; }

    /// <summary>
    /// The value compared with <see cref="Limit"/>, before clipping: the norm over all gradients of the limit; the largest norm if each
    /// gradient has its own; or the largest magnitude of an element when clipping by value. 0 if there are no gradients.
    /// </summary>
    public double Norm { get; init; }

    /// <summary>
    /// The factor that the gradients were multiplied by: 1 if nothing was scaled, 0 if all gradients were set to zero, and the smallest
    /// factor if each gradient has its own. Always 1 when clipping by value.
    /// </summary>
    public double Factor { get; init; }

    /// <summary>Whether any gradient of the limit was changed because the limit was exceeded.</summary>
    public bool Clipped { get; init; }

    /// <summary>The number of gradients that the limit covers and that have elements. Tied gradients count once.</summary>
    public int GradientCount { get; init; }

    internal LimitResult(in ClipRule rule)
    {
        Group = rule.Member is null ? rule.Group : null;
        Member = rule.Member;
        Limit = rule.Limit;
        ByValue = rule.ByValue;
        Scope = rule.Scope;
        Factor = 1;
    }

    /// <summary>Returns the result in one line.</summary>
    /// <remarks>For example <c>limit 0.1 for the group 'heads': norm 0.5, 2 gradients, clipped, scaled by 0.2</c>.</remarks>
    public override string ToString()
    {
        string over = Member is not null ? $" for {Member}" : Group is not null ? $" for the group '{Group}'" : "";
        string norm = ByValue ? "largest magnitude" : Scope == ClipScope.PerParameter ? "largest norm" : "norm";
        string count = GradientCount == 1 ? "1 gradient" : string.Create(CultureInfo.InvariantCulture, $"{GradientCount} gradients");
        string text = string.Create(CultureInfo.InvariantCulture, $"limit {Limit:G6}{over}: {norm} {Norm:G6}, {count}");
        return text + (Clipped ? ", clipped" : "") + GradientResult.Describe(Clipped, Factor);
    }
}
