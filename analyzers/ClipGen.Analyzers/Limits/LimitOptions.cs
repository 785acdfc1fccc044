using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Limits;

/// <summary>The bounds of plausible limits: <c>clipgen.small_limit</c> and <c>clipgen.large_limit</c> of <c>.editorconfig</c>.</summary>
/// <param name="Small">Limits below this one are reported.</param>
/// <param name="Large">Limits above this one are reported.</param>
internal readonly record struct LimitOptions(double Small, double Large)
{
    public const string SmallKey = "clipgen.small_limit";
    public const string LargeKey = "clipgen.large_limit";

    /// <summary>
    /// Published limits range from 0.01 (large batches of small losses) to 100 (sums instead of means). The bounds leave a factor of a
    /// hundred on either side.
    /// </summary>
    public const double DefaultSmall = 1e-4;

    public const double DefaultLarge = 1e4;

    public static LimitOptions Read(AnalyzerConfigOptions options) =>
        new(Number(options, SmallKey, DefaultSmall), Number(options, LargeKey, DefaultLarge));

    private static double Number(AnalyzerConfigOptions options, string key, double otherwise) =>
        options.TryGetValue(key, out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : otherwise;
}
