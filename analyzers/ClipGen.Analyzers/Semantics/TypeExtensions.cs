using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Semantics;

/// <summary>Answers how types and their members relate.</summary>
internal static class TypeExtensions
{
    /// <summary>The type and its base classes, from the most derived on.</summary>
    public static IEnumerable<ITypeSymbol> SelfAndBases(this ITypeSymbol? type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
            yield return current;
    }

    /// <summary>
    /// Whether the type is <paramref name="ancestor"/>, derives from it, implements it or is constrained to it. Type arguments are ignored.
    /// </summary>
    public static bool IsOrDerivesFrom(this ITypeSymbol? type, INamedTypeSymbol? ancestor)
    {
        if (type is null || ancestor is null)
            return false;
        return type is ITypeParameterSymbol parameter
            ? Constraints(parameter).Any(constraint => constraint.IsOrDerivesFrom(ancestor))
            : IsOrDerives(type, ancestor);
    }

    /// <summary>The methods of interfaces that the method implements in its type.</summary>
    public static IEnumerable<IMethodSymbol> ImplementedMethods(this IMethodSymbol method)
    {
        if (method.IsStatic || method.ContainingType is not { } type)
            yield break;
        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            foreach (ISymbol member in implemented.GetMembers(method.Name))
            {
                if (member is IMethodSymbol declared && IsSameDefinition(type.FindImplementationForInterfaceMember(declared), method))
                    yield return declared;
            }
        }
    }

    /// <summary>The types of a namespace and those inside it; a type comes before the types that are nested in it.</summary>
    public static IEnumerable<INamedTypeSymbol> TypesInside(this INamespaceSymbol root)
    {
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(root);
        while (pending.Count > 0)
        {
            INamespaceOrTypeSymbol current = pending.Pop();
            if (current is INamedTypeSymbol type)
                yield return type;
            foreach (INamespaceOrTypeSymbol inner in current.GetMembers().OfType<INamespaceOrTypeSymbol>().Reverse())
                pending.Push(inner);
        }
    }

    /// <summary>Whether both are the same symbol, or instances of the same generic one.</summary>
    public static bool IsSameDefinition(ISymbol? one, ISymbol? other) =>
        one is not null && other is not null && SymbolEqualityComparer.Default.Equals(one.OriginalDefinition, other.OriginalDefinition);

    private static bool IsOrDerives(ITypeSymbol type, INamedTypeSymbol ancestor) =>
        (ancestor.TypeKind == TypeKind.Interface && type.AllInterfaces.Any(implemented => IsSameDefinition(implemented, ancestor)))
        || type.SelfAndBases().Any(current => IsSameDefinition(current, ancestor));

    /// <summary>
    /// The types that a type parameter is constrained to, those of other type parameters in its constraints included.
    /// In code that is being written, constraints can name each other in a cycle.
    /// </summary>
    private static IEnumerable<ITypeSymbol> Constraints(ITypeParameterSymbol parameter)
    {
        var seen = new HashSet<ITypeParameterSymbol>(SymbolEqualityComparer.Default) { parameter };
        var pending = new Queue<ITypeParameterSymbol>(seen);
        while (pending.Count > 0)
        {
            foreach (ITypeSymbol constraint in pending.Dequeue().ConstraintTypes)
            {
                if (constraint is not ITypeParameterSymbol other)
                    yield return constraint;
                else if (seen.Add(other))
                    pending.Enqueue(other);
            }
        }
    }
}
