using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Reading;

/// <summary>
/// The parameters of a primary constructor that the type captures because one of its members uses them. A parameter that only initializes
/// members is not captured, and reading it in generated code would store it a second time.
/// </summary>
internal static class CapturedParameters
{
    /// <summary>The captured parameters that hold gradient sources and are not left out.</summary>
    public static IEnumerable<(ISymbol Member, GradientForm Form)> Of(
        INamedTypeSymbol type, Compilation compilation, Func<ITypeSymbol, GradientForm?> parse)
    {
        foreach (IParameterSymbol parameter in Find(type))
        {
            if (!MemberSymbols.IsIgnored(parameter) && parse(parameter.Type) is { } form && IsCaptured(parameter, type, compilation))
            {
                yield return (parameter, form);
            }
        }
    }

    /// <summary>The parameters of the type's primary constructor; none for a record, which declares properties for them.</summary>
    public static IEnumerable<IParameterSymbol> Find(INamedTypeSymbol type)
    {
        if (type.IsRecord)
        {
            return [];
        }

        IMethodSymbol? primary = type.InstanceConstructors.FirstOrDefault(constructor =>
            constructor.Parameters.Length > 0
            && constructor.DeclaringSyntaxReferences is [var declaration]
            && declaration.GetSyntax() is TypeDeclarationSyntax);
        return primary is null ? [] : primary.Parameters.Where(parameter => parameter.RefKind == RefKind.None);
    }

    /// <summary>Whether a member's body uses the parameter.</summary>
    public static bool IsCaptured(IParameterSymbol parameter, INamedTypeSymbol type, Compilation compilation)
    {
        return type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax())
            .OfType<TypeDeclarationSyntax>()
            .Where(declaration => compilation.ContainsSyntaxTree(declaration.SyntaxTree))
            .SelectMany(declaration => declaration.Members)
            .Where(member => member is not (BaseFieldDeclarationSyntax or BaseTypeDeclarationSyntax))
            .SelectMany(member => member.DescendantNodes(node => node is not EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }))
            .OfType<IdentifierNameSyntax>()
            .Any(name => name.Identifier.ValueText == parameter.Name && !IsInNameOf(name) && MeansParameter(name));

        bool MeansParameter(IdentifierNameSyntax name) => SymbolEqualityComparer.Default.Equals(
            compilation.GetSemanticModel(name.SyntaxTree).GetSymbolInfo(name).Symbol, parameter);
    }

    private static bool IsInNameOf(SyntaxNode node) =>
        node.FirstAncestorOrSelf<ArgumentListSyntax>()?.Parent is InvocationExpressionSyntax
        {
            Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" },
        };
}
