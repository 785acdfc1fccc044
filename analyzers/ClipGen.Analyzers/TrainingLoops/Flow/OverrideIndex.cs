using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>Finds which methods of the program override or implement which.</summary>
internal static class OverrideIndex
{
    public static ILookup<ISymbol, IMethodSymbol> Find(Compilation compilation, HashSet<string> names, CancellationToken cancellation)
    {
        return TypesIn(compilation.Assembly.GlobalNamespace, cancellation)
            .SelectMany(type => PairsIn(type, names.Contains))
            .ToLookup(pair => pair.Declared, pair => pair.Actual, SymbolEqualityComparer.Default);
    }

    /// <summary>Whether the program has a method with a body that overrides or implements this one.</summary>
    public static bool HasAny(Compilation compilation, IMethodSymbol method, CancellationToken cancellation) =>
        TypesIn(compilation.Assembly.GlobalNamespace, cancellation)
            .SelectMany(type => PairsIn(type, name => name == method.Name))
            .Any(pair => !pair.Actual.IsAbstract && SymbolEqualityComparer.Default.Equals(pair.Declared, method));

    private static IEnumerable<(ISymbol Declared, IMethodSymbol Actual)> PairsIn(INamedTypeSymbol type, Func<string, bool> isNamed)
    {
        if (type.BaseType is null or { SpecialType: SpecialType.System_Object } && type.AllInterfaces.IsEmpty)
            yield break;
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IMethodSymbol { MethodKind: MethodKind.ExplicitInterfaceImplementation } hidden)
            {
                foreach (IMethodSymbol implemented in hidden.ExplicitInterfaceImplementations.Where(implemented => isNamed(implemented.Name)))
                    yield return (implemented.OriginalDefinition, hidden);
            }

            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false } method || !isNamed(method.Name))
                continue;
            for (IMethodSymbol? overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
                yield return (overridden.OriginalDefinition, method);
            foreach (IMethodSymbol implemented in KnownTypes.ImplementedMethods(method))
                yield return (implemented.OriginalDefinition, method);
        }
    }

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol container, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (ISymbol member in container.GetMembers())
        {
            if (member is INamedTypeSymbol type)
                yield return type;
            if (member is INamespaceOrTypeSymbol inner)
            {
                foreach (INamedTypeSymbol nested in TypesIn(inner, cancellation))
                    yield return nested;
            }
        }
    }
}
