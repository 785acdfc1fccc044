using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>Finds which methods of the program override or implement which.</summary>
internal static class Overrides
{
    public static ILookup<ISymbol, IMethodSymbol> Find(Compilation compilation, HashSet<string> names, CancellationToken cancellation)
    {
        var pairs = new List<(IMethodSymbol Declared, IMethodSymbol Actual)>();
        foreach (INamedTypeSymbol type in TypesIn(compilation.Assembly.GlobalNamespace, cancellation))
        {
            if (type.BaseType is null or { SpecialType: SpecialType.System_Object } && type.AllInterfaces.IsEmpty)
                continue;
            foreach (ISymbol member in type.GetMembers())
            {
                if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false } method || !names.Contains(method.Name))
                    continue;
                for (IMethodSymbol? overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
                    pairs.Add((overridden.OriginalDefinition, method));
                foreach (IMethodSymbol implemented in TrainingSymbols.ImplementedMethods(method))
                    pairs.Add((implemented.OriginalDefinition, method));
            }
        }

        return pairs.ToLookup(pair => (ISymbol)pair.Declared, pair => pair.Actual, SymbolEqualityComparer.Default);
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
