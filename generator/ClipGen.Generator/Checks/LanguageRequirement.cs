using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Checks;

/// <summary>The oldest version of C# for the generated code. It uses patterns and nullable annotations of C# 8.</summary>
internal static class LanguageRequirement
{
    public static bool IsMet(Compilation compilation) => compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp8 };

    /// <summary>The problem of a type that gets no code because of the language version.</summary>
    public static Problem Describe(INamedTypeSymbol type, Compilation compilation) =>
        new(RuleIds.LanguageVersion, true, type, null, type.Name, ((CSharpCompilation)compilation).LanguageVersion.ToDisplayString());
}
