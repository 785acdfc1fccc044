using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Limits;

/// <summary>The rules about the size of a limit.</summary>
internal static class LimitRules
{
    public static readonly DiagnosticDescriptor SuspiciouslySmall = RuleDescriptor.Create(
        "CLIP008",
        "The limit is suspiciously small",
        "The limit {0} is below {1}: nearly every step is scaled down to it, and training crawls. {2}.",
        DiagnosticSeverity.Info,
        "Gradient norms of common networks lie between 0.01 and 100. A limit far below takes the size of the gradient away from every step.");

    public static readonly DiagnosticDescriptor SuspiciouslyLarge = RuleDescriptor.Create(
        "CLIP009",
        "The limit is suspiciously large",
        "The limit {0} is above {1}: it never clips before the weights are ruined. {2}.",
        DiagnosticSeverity.Warning,
        "A limit that no gradient reaches is no limit, and its reader believes that there is one.");
}
