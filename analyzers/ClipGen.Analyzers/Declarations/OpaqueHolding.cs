using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Finds members of a source that hold gradients without handing them over (CLIP015): an <c>ILayer[]</c> whose interface is no gradient source, while a class
/// that implements it declares gradients; a <c>Block&lt;Dense&gt;</c> whose members of type <c>T</c> can be anything; or a <c>Lazy&lt;Dense&gt;</c>.
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
                bool isOwn = held.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface && parser.IsInThisCompilation(held) && !parser.IsSource(held);
                if ((isOwn ? WhatIsHidden(held, parser, annotated) : WhatIsWrapped(held, parser)) is { } hidden)
                {
                    yield return Diagnostic.Create(
                        RuleCatalogue.HeldByNoSource, member.Locations[0], member.Name, held.Name, hidden.Source, hidden.Advice);
                    break;
                }
            }
        }
    }

    /// <summary>A source inside one of the framework's types that are there to hold a value, and are neither collection nor source.</summary>
    private static (string Source, string Advice)? WhatIsWrapped(INamedTypeSymbol held, SourceParser parser)
    {
        bool isWrapper = (held.Name, held.ContainingNamespace?.ToDisplayString()) is ("Lazy" or "Tuple", "System") or ("StrongBox", "System.Runtime.CompilerServices");
        INamedTypeSymbol? source = isWrapper ? held.TypeArguments.SelectMany(NamedTypes).FirstOrDefault(parser.IsSource) : null;
        return source is null ? null : (source.Name, $"Hold '{source.Name}' itself");
    }

    /// <summary>A source that objects of this type may be or hold, and what makes it one that is handed over.</summary>
    private static (string Source, string Advice)? WhatIsHidden(INamedTypeSymbol held, SourceParser parser, IEnumerable<INamedTypeSymbol> annotated)
    {
        if (annotated.FirstOrDefault(candidate => Derives(candidate, held.OriginalDefinition)) is { } derived)
        {
            string advice = held.TypeKind == TypeKind.Interface
                ? $"Let '{held.Name}' extend IGradientSource"
                : $"Mark '{held.Name}' with [GradientSource]";
            return (derived.Name, advice);
        }

        ITypeParameterSymbol? parameter = SourceMembers.Held(held.OriginalDefinition)
            .SelectMany(inner => Parts(SourceMembers.TypeOf(inner)))
            .OfType<ITypeParameterSymbol>()
            .FirstOrDefault(part => SymbolEqualityComparer.Default.Equals(part.ContainingSymbol, held.OriginalDefinition) && parser.IsSource(held.TypeArguments[part.Ordinal]));
        return parameter is null
            ? null
            : (held.TypeArguments[parameter.Ordinal].Name, $"Constrain '{parameter.Name}' to IGradientSource or to a type that is one");
    }

    /// <summary>The type and what it is a collection of.</summary>
    private static IEnumerable<INamedTypeSymbol> NamedTypes(ITypeSymbol type) => Parts(type).OfType<INamedTypeSymbol>();

    private static IEnumerable<ITypeSymbol> Parts(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Parts(array.ElementType),
        INamedTypeSymbol { IsGenericType: true } generic => generic.TypeArguments.SelectMany(Parts).Prepend(generic),
        _ => [type],
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
