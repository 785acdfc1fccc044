using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Reading;

/// <summary>Reads what is needed to declare another part of a type.</summary>
internal static class TypeDeclarationParser
{
    private static readonly SymbolDisplayFormat FullName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    public static TypeDeclaration Read(INamedTypeSymbol type)
    {
        var containers = new List<string>();
        string name = NameOf(type);
        string fullName = name;
        string metadataName = type.MetadataName;
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            containers.Insert(0, Keyword(outer) + " " + NameOf(outer));
            fullName = NameOf(outer) + "." + fullName;
            metadataName = outer.MetadataName + "+" + metadataName;
        }

        string[] namespaces = [.. Namespaces(type.ContainingNamespace).Reverse()];
        string @namespace = string.Join(".", namespaces.Select(Identifier.Escape));
        return new TypeDeclaration(
            @namespace,
            containers.ToEquatableArray(),
            Keyword(type),
            name,
            InheritsTypeOfItsName(type) ? "global::" + string.Join(".", namespaces.Select(Identifier.Escape).Append(fullName)) : name,
            type.ToDisplayString(FullName),
            string.Join(".", namespaces.Append(metadataName)));
    }

    private static string NameOf(INamedTypeSymbol type) =>
        Identifier.Escape(type.Name)
        + (type.Arity == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(parameter => Identifier.Escape(parameter.Name)))}>");

    private static IEnumerable<string> Namespaces(INamespaceSymbol? innermost)
    {
        for (INamespaceSymbol? current = innermost; current is { IsGlobalNamespace: false }; current = current.ContainingNamespace)
        {
            yield return current.Name;
        }
    }

    /// <summary>A nested type of a base class hides the type, whose simple name is then usable only from outside.</summary>
    private static bool InheritsTypeOfItsName(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (!ancestor.GetTypeMembers(type.Name, type.Arity).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether another part of the type can be written: it, the types around it and their type parameters have unique names, and the base
    /// class and the constraints exist. In incomplete code they may not.
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

    /// <summary>Why a type without attributes must be partial.</summary>
    private const string HolderReason =
        "; it holds gradient sources and a model holds it (leave it out with [ClipIgnore] where it is held)";

    /// <summary>Adds a CLIP001 for the type and for every type around it that cannot have another part.</summary>
    public static void CheckPartial(INamedTypeSymbol type, List<Problem> problems, CancellationToken cancellation)
    {
        Check(type, Annotations.IsAnnotated(type) ? "it" : "it" + HolderReason, problems, cancellation);
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            CheckContainer(outer, problems, cancellation);
        }
    }

    /// <summary>Adds a CLIP001 if a type that contains gradient sources cannot have another part.</summary>
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
