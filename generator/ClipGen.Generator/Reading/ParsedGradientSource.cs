using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>What the one reading of a type found. Two readings are never compared: each type is read once per compilation.</summary>
internal sealed class ParsedGradientSource(
    INamedTypeSymbol symbol,
    GradientSourceDeclaration declaration,
    List<Problem> problems,
    IReadOnlyList<INamedTypeSymbol> uses,
    IReadOnlyList<HeldGradientSource> held)
{
    /// <summary>The type.</summary>
    public INamedTypeSymbol Symbol { get; } = symbol;

    /// <summary>What is generated for it, if nothing in it or in what it uses is wrong.</summary>
    public GradientSourceDeclaration Declaration { get; } = declaration;

    /// <summary>What is wrong in this type. The index adds what depends on other types.</summary>
    public List<Problem> Problems { get; } = problems;

    /// <summary>The types of this compilation whose generated traversal this one calls.</summary>
    public IReadOnlyList<INamedTypeSymbol> Uses { get; } = uses;

    /// <summary>The sources that its members hold.</summary>
    public IReadOnlyList<HeldGradientSource> Held { get; } = held;

    /// <summary>A type whose reading failed: an error in it, so that nothing is generated for it or for what uses it.</summary>
    public static ParsedGradientSource Failed(INamedTypeSymbol type, Exception exception)
    {
        string name = type.MetadataName;
        var declared = new TypeDeclaration("", EquatableArray<string>.Empty, "", name, name, name, name);
        var declaration = new GradientSourceDeclaration(
            declared,
            TraversalKind.HandWritten,
            EquatableArray<GradientMember>.Empty,
            EquatableArray<string>.Empty,
            EquatableArray<LimitDeclaration>.Empty,
            ClipMembersKind.None,
            Torch: null,
            EquatableArray<string>.Empty);
        var problem = new Problem(
            RuleIds.CannotBeClipped, true, type, null, type.Name, InternalFailure.Describe(exception), GradientFormParser.SupportedForms);
        return new ParsedGradientSource(type, declaration, [problem], [], []);
    }

    public bool HasErrors => Problems.Any(problem => problem.IsError);
}

/// <summary>A member that holds a source, or a collection of them.</summary>
/// <param name="Member">The member; the type itself for the items of a collection that it is.</param>
/// <param name="Source">The source's type, without type arguments.</param>
/// <param name="IsMarked">Whether <c>[Gradient]</c> says in writing that it belongs to its holder.</param>
internal sealed record HeldGradientSource(ISymbol Member, INamedTypeSymbol Source, bool IsMarked);
