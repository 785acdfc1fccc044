using Microsoft.CodeAnalysis;

namespace ClipGen.Declarations;

/// <summary>What one reading of a type found.</summary>
/// <param name="Symbol">The type.</param>
/// <param name="Declaration">What is generated for it, if nothing in it or in what it uses is wrong.</param>
/// <param name="Problems">What is wrong in this type alone.</param>
/// <param name="Uses">The types of this compilation whose generated traversal this one calls.</param>
internal sealed record ParsedSource(
    INamedTypeSymbol Symbol,
    SourceDeclaration Declaration,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<INamedTypeSymbol> Uses)
{
    public bool HasErrors => Problems.Any(problem => problem.IsError);
}
