using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>What one reading of a type found.</summary>
/// <param name="Symbol">The type.</param>
/// <param name="Declaration">What is generated for it, if nothing in it or in what it uses is wrong.</param>
/// <param name="Problems">What is wrong in this type alone.</param>
/// <param name="Uses">The types of this compilation whose generated traversal this one calls.</param>
/// <param name="Held">The sources that its members hold.</param>
internal sealed record ParsedSource(
    INamedTypeSymbol Symbol,
    SourceDeclaration Declaration,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<INamedTypeSymbol> Uses,
    IReadOnlyList<HeldSource> Held)
{
    /// <summary>A type whose reading failed: an error in it, so that nothing is generated for it or for what uses it.</summary>
    public static ParsedSource Failed(INamedTypeSymbol type, Exception exception)
    {
        string name = type.MetadataName;
        var declared = new TypeDeclaration("", EquatableArray<string>.Empty, "", name, name, name, name);
        var declaration = new SourceDeclaration(
            declared,
            TraversalKind.HandWritten,
            EquatableArray<GradientMember>.Empty,
            EquatableArray<string>.Empty,
            EquatableArray<LimitDeclaration>.Empty,
            ClipMembersKind.None);
        var problem = new Problem(
            RuleIds.CannotBeClipped, true, type, null, type.Name, InternalFailure.Describe(exception), GradientFormParser.SupportedForms);
        return new ParsedSource(type, declaration, [problem], [], []);
    }

    public bool HasErrors => Problems.Any(problem => problem.IsError);
}

/// <summary>A member that holds a source, or a collection of them.</summary>
/// <param name="Member">The member.</param>
/// <param name="Source">The source's type, without type arguments.</param>
/// <param name="IsMarked">Whether <c>[Gradient]</c> says in writing that it belongs to its holder.</param>
internal sealed record HeldSource(ISymbol Member, INamedTypeSymbol Source, bool IsMarked);
