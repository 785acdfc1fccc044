using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>The result of reading a type. Two results are never compared, because each type is read once per compilation.</summary>
internal sealed class ParsedGradientSource(
    INamedTypeSymbol symbol,
    GradientSourceDeclaration declaration,
    List<Problem> problems,
    IReadOnlyList<INamedTypeSymbol> uses,
    IReadOnlyList<HeldGradientSource> held)
{
    /// <summary>The type.</summary>
    public INamedTypeSymbol Symbol { get; } = symbol;

    /// <summary>The declaration to generate code for, if neither it nor any used type has an error.</summary>
    public GradientSourceDeclaration Declaration { get; } = declaration;

    /// <summary>The problems of this type. The index adds those that depend on other types.</summary>
    public List<Problem> Problems { get; } = problems;

    /// <summary>The types of this compilation whose generated traversal this one calls.</summary>
    public IReadOnlyList<INamedTypeSymbol> Uses { get; } = uses;

    /// <summary>The gradient sources that its members hold.</summary>
    public IReadOnlyList<HeldGradientSource> Held { get; } = held;

    /// <summary>A type whose reading failed. It has an error, so nothing is generated for it and for the types that use it.</summary>
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

/// <summary>A member that holds a gradient source, or a collection of them.</summary>
/// <param name="Member">The member. For the items of a collection type, the type itself.</param>
/// <param name="Source">The source's type, without type arguments.</param>
/// <param name="IsMarked">Whether <c>[Gradient]</c> says that it belongs to its holder.</param>
internal sealed record HeldGradientSource(ISymbol Member, INamedTypeSymbol Source, bool IsMarked);
