using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Semantics;

/// <summary>Answers questions about types and their members.</summary>
internal static class TypeExtensions
{
    /// <summary>The type and its base classes, starting with the most derived.</summary>
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

    /// <summary>Whether the type is that of one number, <see langword="float"/> or <see langword="double"/>.</summary>
    public static bool IsFloatOrDouble(this ITypeSymbol type) => type.SpecialType is SpecialType.System_Single or SpecialType.System_Double;

    /// <summary>
    /// The interface methods that the method implements in its type, itself or by overriding the base class's implementation.
    /// </summary>
    public static IEnumerable<IMethodSymbol> ImplementedMethods(this IMethodSymbol method)
    {
        if (method.IsStatic || method.ContainingType is not { } type)
            yield break;
        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            foreach (ISymbol member in implemented.GetMembers(method.Name))
            {
                if (member is IMethodSymbol declared && IsOrOverrides(method, type.FindImplementationForInterfaceMember(declared)))
                    yield return declared;
            }
        }
    }

    private static bool IsOrOverrides(IMethodSymbol method, ISymbol? other)
    {
        for (IMethodSymbol? current = other is null ? null : method; current is not null; current = current.OverriddenMethod)
        {
            if (IsSameDefinition(other, current))
                return true;
        }

        return false;
    }

    /// <summary>The types of a namespace and their nested types. A type comes before its nested types.</summary>
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

    /// <summary>Whether both are the same symbol, or instances of the same generic symbol.</summary>
    public static bool IsSameDefinition(ISymbol? one, ISymbol? other) =>
        one is not null && other is not null && SymbolEqualityComparer.Default.Equals(one.OriginalDefinition, other.OriginalDefinition);

    private static bool IsOrDerives(ITypeSymbol type, INamedTypeSymbol ancestor) =>
        (ancestor.TypeKind == TypeKind.Interface && type.AllInterfaces.Any(implemented => IsSameDefinition(implemented, ancestor)))
        || IsClassOrBase(type, ancestor);

    // Many calls for each operation come here.
    private static bool IsClassOrBase(ITypeSymbol type, INamedTypeSymbol ancestor)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (IsSameDefinition(current, ancestor))
                return true;
        }

        return false;
    }

    /// <summary>
    /// The types in the constraints of a type parameter, and in the constraints of the type parameters that these name. In incomplete code,
    /// constraints can form a cycle.
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
