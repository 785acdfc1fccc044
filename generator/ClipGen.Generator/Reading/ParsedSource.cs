using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>What one reading of a type found.</summary>
/// <param name="Symbol">The type.</param>
/// <param name="Declaration">What is generated for it, if nothing in it or in what it uses is wrong.</param>
/// <param name="Problems">What is wrong in this type. The index adds what depends on other types.</param>
/// <param name="Uses">The types of this compilation whose generated traversal this one calls.</param>
/// <param name="Held">The sources that its members hold.</param>
internal sealed record ParsedSource(
    INamedTypeSymbol Symbol,
    SourceDeclaration Declaration,
    List<Problem> Problems,
    IReadOnlyList<INamedTypeSymbol> Uses,
    IReadOnlyList<HeldSource> Held)
{
    public bool HasErrors => Problems.Any(problem => problem.IsError);
}

/// <summary>A member that holds a source, or a collection of them.</summary>
/// <param name="Member">The member.</param>
/// <param name="Source">The source's type, without type arguments.</param>
/// <param name="IsMarked">Whether <c>[Gradient]</c> says in writing that it belongs to its holder.</param>
internal sealed record HeldSource(ISymbol Member, INamedTypeSymbol Source, bool IsMarked);
