using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Analyzers.Rules;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Records;

/// <summary>What a run says of a limit.</summary>
internal static class LimitFinding
{
    /// <summary>The property of a diagnostic with the limit to write.</summary>
    public const string Recommended = "recommended";

    // A run is long enough to tell, and the limit clips all but a few of its steps, or lies an order of magnitude above all of them.
    private const double FewestSteps = 100;
    private const double NearlyAll = 0.95;
    private const double FarAbove = 10;

    /// <summary>The diagnostic at a declared limit. Null where the run says nothing against it, or was made with another limit.</summary>
    public static Diagnostic? Of(RecordedRun run, RecordedLimit recorded, double declared, Location place)
    {
        if (recorded.Limit != declared || recorded.Steps < FewestSteps || !(recorded.Largest > 0))
            return null;
        bool isSmall = recorded.Clipped >= NearlyAll * recorded.Steps && recorded.Clipped <= recorded.Steps;
        bool isLarge = recorded.Clipped == 0 && recorded.Largest * FarAbove <= declared;
        if (!isSmall && !isLarge)
            return null;
        ImmutableDictionary<string, string?> properties = PropertiesOf(recorded, declared);
        string advice = properties.TryGetValue(Recommended, out string? better) ? $" The run suggests {better}." : "";
        return isSmall
            ? Diagnostic.Create(
                RuleCatalogue.LimitClippedNearlyAll,
                place,
                properties,
                Text(declared),
                Percent(recorded.Clipped / recorded.Steps),
                Count(recorded.Steps),
                run.Name,
                Quantiles(recorded),
                advice)
            : Diagnostic.Create(
                RuleCatalogue.LimitNeverClipped,
                place,
                properties,
                Text(declared),
                Count(recorded.Steps),
                run.Name,
                Quantiles(recorded),
                advice);
    }

    /// <summary>What the fix needs to know: the limit to write, where it is another one.</summary>
    public static ImmutableDictionary<string, string?> PropertiesOf(RecordedLimit recorded, double declared) =>
        recorded.Recommended is { } better && better != declared
            ? ImmutableDictionary<string, string?>.Empty.Add(Recommended, Text(better))
            : ImmutableDictionary<string, string?>.Empty;

    /// <summary>The quantiles of the norms that the record has, for a message.</summary>
    public static string Quantiles(RecordedLimit recorded)
    {
        IEnumerable<string> texts =
            from quantile in new[]
            {
                (Name: "median", Norm: recorded.Median),
                (Name: "90 % at most", Norm: recorded.P90),
                (Name: "99 % at most", Norm: recorded.P99),
                (Name: "largest", Norm: recorded.Largest),
            }
            where quantile.Norm >= 0
            select $"{quantile.Name} {Short(quantile.Norm)}";
        return string.Join(", ", texts);
    }

    /// <summary>A whole number.</summary>
    public static string Count(double number) => number.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>A limit as a C# literal.</summary>
    public static string Text(double limit)
    {
        string text = limit.ToString("R", CultureInfo.InvariantCulture);
        return text.All(char.IsDigit) ? text + ".0" : text;
    }

    private static string Short(double number) => number.ToString("G3", CultureInfo.InvariantCulture);

    private static string Percent(double share) =>
        share is > 0.999 and < 1 ? "more than 99.9 %" : (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
