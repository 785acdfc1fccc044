using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Checks;

/// <summary>
/// The oldest version of C# that the generated code is written in: its patterns and its nullable annotations are of version 8.
/// </summary>
internal static class LanguageRequirement
{
    public static bool IsMet(Compilation compilation) => compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp8 };

    /// <summary>The problem of a type for which nothing is generated because of it.</summary>
    public static Problem Describe(INamedTypeSymbol type, Compilation compilation) =>
        new(RuleIds.LanguageVersion, true, type, null, type.Name, ((CSharpCompilation)compilation).LanguageVersion.ToDisplayString());
}
