using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Reading;

/// <summary>Reads what is needed to declare another part of a type.</summary>
internal static class TypeDeclarationParser
{
    private static readonly SymbolDisplayFormat NameWithTypeParameters = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private static readonly SymbolDisplayFormat FullName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    private static readonly SymbolDisplayFormat NamespaceName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    public static TypeDeclaration Read(INamedTypeSymbol type)
    {
        var containers = new List<string>();
        string metadataName = type.MetadataName;
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            containers.Insert(0, Keyword(outer) + " " + outer.ToDisplayString(NameWithTypeParameters));
            metadataName = outer.MetadataName + "+" + metadataName;
        }

        string @namespace = "";
        if (!type.ContainingNamespace.IsGlobalNamespace)
        {
            @namespace = type.ContainingNamespace.ToDisplayString(NamespaceName);
            metadataName = type.ContainingNamespace.ToDisplayString() + "." + metadataName;
        }

        return new TypeDeclaration(
            @namespace,
            containers.ToEquatableArray(),
            Keyword(type),
            type.ToDisplayString(NameWithTypeParameters),
            type.ToDisplayString(FullName),
            metadataName);
    }

    /// <summary>
    /// Whether another part of the type can be written: it, the types around it and their type parameters have names that nothing else
    /// has, and the base and the constraints exist. While somebody types, they may not.
    /// </summary>
    public static bool IsComplete(INamedTypeSymbol type) =>
        !type.IsImplicitClass
        && SyntaxFacts.IsValidIdentifier(type.Name)
        && ((INamespaceOrTypeSymbol?)type.ContainingType ?? type.ContainingNamespace).GetTypeMembers(type.Name, type.Arity).Length == 1
        && type.BaseType is not { TypeKind: TypeKind.Error }
        && type.TypeParameters.All(parameter => SyntaxFacts.IsValidIdentifier(parameter.Name)
            && parameter.ConstraintTypes.All(constraint => constraint.TypeKind != TypeKind.Error))
        && type.TypeParameters.Select(parameter => parameter.Name).Distinct().Count() == type.TypeParameters.Length
        && (type.ContainingType is null || IsComplete(type.ContainingType));

    /// <summary>Why a type that nobody annotated must be partial.</summary>
    private const string HolderReason = "; it holds gradient sources and a model holds it (leave it out with [ClipIgnore] where it is held)";

    /// <summary>Adds a CLIP001 for the type and for every type around it that no other part can be declared of.</summary>
    public static void CheckPartial(INamedTypeSymbol type, List<Problem> problems, CancellationToken cancellation)
    {
        Check(type, Annotations.IsAnnotated(type) ? "it" : "it" + HolderReason, problems, cancellation);
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            CheckContainer(outer, problems, cancellation);
        }
    }

    /// <summary>Adds a CLIP001 when no other part can be declared of a type that has gradient sources inside.</summary>
    public static void CheckContainer(INamedTypeSymbol type, List<Problem> problems, CancellationToken cancellation) =>
        Check(type, "the types in it", problems, cancellation);

    private static void Check(INamedTypeSymbol type, string target, List<Problem> problems, CancellationToken cancellation)
    {
        string? requirement = type.IsFileLocal ? "must not be file-local" : IsPartial(type, cancellation) ? null : "must be partial";
        if (requirement is not null)
        {
            problems.Add(new Problem(RuleIds.NotPartial, true, type, null, type.Name, requirement, target));
        }
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                return false;
            }
        }

        return true;
    }

    private static string Keyword(INamedTypeSymbol type) =>
        (type.TypeKind, type.IsRecord) switch
        {
            (TypeKind.Struct, true) => "record struct",
            (TypeKind.Struct, false) => "struct",
            (TypeKind.Interface, _) => "interface",
            (_, true) => "record",
            _ => "class",
        };
}
