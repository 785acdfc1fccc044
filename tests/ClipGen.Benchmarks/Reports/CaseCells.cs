using System.Globalization;
using ClipGen.Benchmarks.Measurement;

namespace ClipGen.Benchmarks.Reports;

/// <summary>The cells of the tables, on the console and on the page.</summary>
internal static class CaseCells
{
    /// <summary>The contenders of any case, in their order.</summary>
    public static IEnumerable<string> Names(IEnumerable<CaseResult> cases) =>
        cases.SelectMany(each => each.Contenders).Select(result => result.Name).Distinct();

    /// <summary>
    /// Returns the time of the baseline or the ratio of another contender, and the spread of either after <paramref name="separator"/>.
    /// </summary>
    public static string Of(CaseResult result, string contender, string separator)
    {
        if (result.Find(contender) is not { } found) return "";

        if (found == result.Reference)
        {
            (double scale, string unit) = Unit(found.Nanoseconds.Median);
            return $"{Digits(found.Nanoseconds.Median / scale)} {unit}{separator}{Range(found.Nanoseconds, scale)}";
        }

        return $"{Digits(found.Ratio.Median)}{separator}{Range(found.Ratio, 1)}";
    }

    private static string Range(Spread spread, double scale) => $"{Digits(spread.Lower / scale)}–{Digits(spread.Upper / scale)}";

    private static (double Scale, string Unit) Unit(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => (1, "ns"),
        < 1e6 => (1e3, "µs"),
        _ => (1e6, "ms"),
    };

    /// <summary>Formats a number with three digits.</summary>
    public static string Digits(double value) =>
        value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
