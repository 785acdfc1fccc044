using ClipGen.Declarations;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Finds members of a source that hold gradients without handing them over: an <c>ILayer[]</c> whose interface is no gradient source, while a class that
/// implements it declares gradients (CLIP015).
/// </summary>
internal static class OpaqueHolding
{
    public static IEnumerable<Diagnostic> Find(INamedTypeSymbol type, SourceParser parser, IEnumerable<INamedTypeSymbol> annotated)
    {
        foreach (ISymbol member in SourceMembers.Held(type).Where(member => !SourceMembers.MarksGradient(member)))
        {
            foreach (INamedTypeSymbol held in NamedTypes(SourceMembers.TypeOf(member)))
            {
                // A type of another assembly (object, IDisposable) says nothing about what it stands for here.
                if (held.TypeKind is TypeKind.Class or TypeKind.Interface
                    && parser.IsInThisCompilation(held)
                    && !parser.IsSource(held)
                    && annotated.FirstOrDefault(candidate => Derives(candidate, held)) is { } derived)
                {
                    string advice = held.TypeKind == TypeKind.Interface
                        ? $"Let '{held.Name}' extend IGradientSource"
                        : $"Mark '{held.Name}' with [GradientSource]";
                    yield return Diagnostic.Create(
                        DeclarationRules.HeldByNoSource, member.Locations[0], member.Name, held.Name, derived.Name, advice);
                    break;
                }
            }
        }
    }

    /// <summary>The type and what it is a collection of.</summary>
    private static IEnumerable<INamedTypeSymbol> NamedTypes(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => NamedTypes(array.ElementType),
        INamedTypeSymbol { IsGenericType: true } generic => generic.TypeArguments.SelectMany(NamedTypes).Prepend(generic.OriginalDefinition),
        INamedTypeSymbol named => [named],
        _ => [],
    };

    private static bool Derives(INamedTypeSymbol type, INamedTypeSymbol ancestor)
    {
        for (INamedTypeSymbol? current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, ancestor))
            {
                return true;
            }
        }

        return type.AllInterfaces.Any(implemented => SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, ancestor));
    }
}
