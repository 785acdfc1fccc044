using System.Globalization;
using ClipGen.Numerics;

namespace ClipGen;

/// <summary>What one clip found and did under one of the model's limits.</summary>
public readonly record struct LimitResult
{
    /// <summary>
    /// The group that the limit is for; <see langword="null"/> for a limit of a member, and for the one of all gradients that have no
    /// other.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>The member that declares the limit for itself; <see langword="null"/> for all other limits.</summary>
    public string? Member { get; init; }

    /// <summary>
    /// The limit: the largest norm, or by value the largest magnitude, that is left as it is. Of a limit that follows the gradients,
    /// that of this clip; where each gradient or each unit has its own, that of the one which exceeds it most, or else comes closest to it.
    /// </summary>
    public double Limit { get; init; }

    /// <summary>Whether every element is clamped to ±<see cref="Limit"/>, instead of scaled by the norm.</summary>
    public bool ByValue { get; init; }

    /// <summary>Whether one norm runs over all gradients of the limit or each has its own.</summary>
    public ClipScope Scope { get; init; }

    /// <summary>
    /// What was compared with <see cref="Limit"/>, before clipping: the norm over all gradients of the limit, or, where each has its own,
    /// the largest of their norms, or, by value, the largest magnitude of an element. 0 without gradients.
    /// </summary>
    public double Norm { get; init; }

    /// <summary>
    /// The factor that the gradients were multiplied with: 1 when nothing was scaled, the smallest one where each gradient has its own
    /// norm, 0 when all were set to zero. Where gradients were clamped it is 1.
    /// </summary>
    public double Factor { get; init; }

    /// <summary>Whether any gradient of the limit was changed because it exceeded it.</summary>
    public bool Clipped { get; init; }

    /// <summary>The number of gradients under the limit: those that hold elements, tied ones once.</summary>
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

    /// <summary>Says in one line what was found and done.</summary>
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
