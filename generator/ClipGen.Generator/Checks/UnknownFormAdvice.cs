using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>Advice for a member that is marked as a gradient and whose type is a class or struct without declared gradients.</summary>
internal static class UnknownFormAdvice
{
    /// <summary>The advice, which follows the reason why the member cannot be clipped; empty if there is none.</summary>
    public static string For(ISymbol member, GradientFormParser forms, Compilation compilation)
    {
        if (SyntaxTreeOf(member) is not { } tree)
        {
            return "";
        }

        if (Declaration(member, forms, compilation) is { } declaration)
        {
            return $"; declare its gradient at the top of a file: [{declaration}]";
        }

        INamedTypeSymbol? own = Leaves(MemberSymbols.TypeOf(member)).FirstOrDefault(
            type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
                && GradientSourceAttributeText.GradientsOf(type, forms, compilation).Count > 0);
        if (own is not null)
        {
            return $"; mark '{GradientSourceAttributeText.GradientsOf(own, forms, compilation)[0]}' in '{own.Name}' with [Gradient]";
        }

        return Leaves(MemberSymbols.TypeOf(member)).Any() && ElementProperty.For(member, forms, compilation, tree) is { } property
            ? $"; remove the attribute and return its elements from a property, '{property}'"
            : "";
    }

    /// <summary>The attribute that declares the gradients of a type of another assembly, without its brackets, or null.</summary>
    public static string? Declaration(ISymbol member, GradientFormParser forms, Compilation compilation)
    {
        if (SyntaxTreeOf(member) is { } tree)
        {
            foreach (INamedTypeSymbol type in Leaves(MemberSymbols.TypeOf(member)))
            {
                bool isForeign = !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
                    && !IsOfFramework(type);
                if (isForeign && GradientSourceAttributeText.GradientsOf(type, forms, compilation) is { Count: > 0 } gradients)
                {
                    return GradientSourceAttributeText.Of(type, gradients, tree, compilation);
                }
            }
        }

        return null;
    }

    public static bool IsOfFramework(INamedTypeSymbol type)
    {
        INamespaceSymbol? outermost = type.ContainingNamespace;
        while (outermost is { ContainingNamespace.IsGlobalNamespace: false })
        {
            outermost = outermost.ContainingNamespace;
        }

        return outermost is { Name: "System" or "Microsoft" };
    }

    private static SyntaxTree? SyntaxTreeOf(ISymbol member) => member.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree;

    /// <summary>The element types of a collection, or the type itself.</summary>
    private static IEnumerable<INamedTypeSymbol> Leaves(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Leaves(array.ElementType),
        INamedTypeSymbol named when IsOfFramework(named) => named.TypeArguments.SelectMany(Leaves),
        INamedTypeSymbol { TypeKind: not TypeKind.Error } named => [named],
        _ => [],
    };
}
