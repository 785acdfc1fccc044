using System.Globalization;
using ClipGen;

namespace TemporalOrder;

/// <summary>The limit of the clipped trials: a fixed norm, or an adaptive limit.</summary>
/// <param name="Name">
/// The name of the adaptive limit, <c>auto</c>, <c>z</c>, <c>agc</c> or <c>adagc</c>; <see langword="null"/> for a fixed norm.
/// </param>
/// <param name="Norm">The largest gradient norm that is left as it is; 0 for an adaptive limit.</param>
public readonly record struct ClippingLimit(string? Name, double Norm)
{
    /// <summary>The names of the adaptive limits.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "z", "agc", "adagc"];

    /// <summary>A fixed norm.</summary>
    public static implicit operator ClippingLimit(double norm) => new(null, norm);

    /// <summary>Reads a finite number greater than 0, or the name of an adaptive limit.</summary>
    public static bool TryParse(string text, out ClippingLimit limit)
    {
        string? name = Names.FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double norm)
            && norm > 0 && double.IsFinite(norm);
        limit = name is not null ? new ClippingLimit(name, 0) : norm;
        return name is not null || isNumber;
    }

    /// <summary>A new adaptive limit with the numbers of its paper; <see langword="null"/> for a fixed norm.</summary>
    public AdaptiveLimit? CreateAdaptive() => Name switch
    {
        "auto" => new AutoClipLimit(percentile: 10),
        "z" => new ZClipLimit(threshold: 2.5),
        "agc" => new AdaptiveClipLimit(ratio: 0.01),
        "adagc" => new AdaGCLimit(ratio: 1.05),
        _ => null,
    };

    /// <summary>The name, or the norm.</summary>
    public override string ToString() => Name ?? Norm.ToString(CultureInfo.InvariantCulture);
}
