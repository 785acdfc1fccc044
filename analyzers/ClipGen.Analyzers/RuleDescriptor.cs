using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers;

/// <summary>Creates the descriptors of all rules, so that category, help link and defaults are the same for each.</summary>
internal static class RuleDescriptor
{
    public const string Category = "ClipGen";

    public static DiagnosticDescriptor Create(
        string id,
        string title,
        string message,
        DiagnosticSeverity severity,
        string? description = null,
        params string[] tags) =>
        new(
            id,
            title,
            message,
            Category,
            severity,
            isEnabledByDefault: true,
            description,
            helpLinkUri: $"https://github.com/clipgen/clipgen/blob/main/docs/rules/{id}.md",
            customTags: tags);
}
