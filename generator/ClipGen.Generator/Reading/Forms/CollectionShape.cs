using System.Collections.Immutable;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>One way to iterate a collection.</summary>
/// <param name="Item">The type of an item, or of the value of a dictionary's entry.</param>
/// <param name="Kind">How it is iterated.</param>
/// <param name="Step">The type of the variable of a <c>foreach</c>, or null for an indexed loop.</param>
/// <param name="Through">The interface that the collection is cast to first, or null if its own members are used.</param>
internal sealed record CollectionShape(ITypeSymbol Item, CollectionKind Kind, ITypeSymbol? Step, INamedTypeSymbol? Through = null)
{
    /// <summary>The types that the loop names.</summary>
    public IEnumerable<ITypeSymbol> Named => new[] { Step, Through }.OfType<ITypeSymbol>();

    /// <summary>
    /// The possible ways to iterate a type, the best first: through the members that a <c>for</c> or <c>foreach</c> over it uses, and then
    /// through the interface. The members may be hidden, ambiguous, or of another type than those of the interface.
    /// </summary>
    public static IEnumerable<CollectionShape> Of(INamedTypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String)
        {
            return [];
        }

        INamedTypeSymbol[] interfaces = [.. type.AllInterfaces.Prepend(type).Where(IsGenericCollection)];
        return interfaces.Any(IsDictionary)
            ? Dictionaries(type, interfaces)
            : OwnMembers(type, interfaces).Concat(type.IsRefLikeType ? [] : ThroughInterfaces(interfaces));
    }

    private static IEnumerable<CollectionShape> Dictionaries(INamedTypeSymbol type, INamedTypeSymbol[] interfaces)
    {
        ITypeSymbol? own = ForEachItem(type);
        var values = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (INamedTypeSymbol dictionary in interfaces.Where(IsDictionary).OrderBy(candidate => !EntriesAre(own, candidate)))
        {
            INamedTypeSymbol? entries = interfaces.FirstOrDefault(
                candidate => candidate.Name == "IEnumerable" && EntriesAre(candidate.TypeArguments[0], dictionary));
            if (entries is not null && values.Add(dictionary.TypeArguments[1]))
            {
                INamedTypeSymbol? through = EntriesAre(own, dictionary) ? null : entries;
                yield return new CollectionShape(dictionary.TypeArguments[1], CollectionKind.Dictionary, entries.TypeArguments[0], through);
            }
        }
    }

    private static IEnumerable<CollectionShape> OwnMembers(INamedTypeSymbol type, INamedTypeSymbol[] interfaces)
    {
        if (type is { Name: "ImmutableArray", TypeArguments: [var element] } && IsIn(type, "System", "Collections", "Immutable"))
        {
            yield return new CollectionShape(element, CollectionKind.ImmutableArray, Step: null);
            yield break;
        }

        if (interfaces.Any(IsList) && IndexedItem(type) is { } indexed)
        {
            yield return new CollectionShape(indexed, CollectionKind.List, Step: null);
        }

        if (ForEachItem(type) is { } enumerated)
        {
            yield return new CollectionShape(enumerated, CollectionKind.Enumerable, enumerated);
        }
    }

    private static IEnumerable<CollectionShape> ThroughInterfaces(INamedTypeSymbol[] interfaces)
    {
        var items = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (INamedTypeSymbol candidate in interfaces.Where(IsList))
        {
            if (items.Add(candidate.TypeArguments[0]))
            {
                yield return new CollectionShape(candidate.TypeArguments[0], CollectionKind.List, Step: null, candidate);
            }
        }

        foreach (INamedTypeSymbol candidate in interfaces.Where(candidate => candidate.Name == "IEnumerable"))
        {
            if (items.Add(candidate.TypeArguments[0]))
            {
                yield return new CollectionShape(candidate.TypeArguments[0], CollectionKind.Enumerable, candidate.TypeArguments[0],
                    candidate);
            }
        }
    }

    /// <summary>The type of <c>items[i]</c> with <c>i &lt; items.Count</c>, or null if that is invalid or means something else.</summary>
    private static ITypeSymbol? IndexedItem(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Interface)
        {
            return IsList(type) ? type.TypeArguments[0] : null;
        }

        bool counts = Nearest(type, "Count") is [IPropertySymbol { Type.SpecialType: SpecialType.System_Int32 } count] && IsUsable(count);
        return counts
            ? Nearest(type, WellKnownMemberNames.Indexer)
                .OfType<IPropertySymbol>()
                .FirstOrDefault(indexer =>
                    indexer.Parameters is [{ Type.SpecialType: SpecialType.System_Int32, RefKind: RefKind.None }] && IsUsable(indexer))
                ?.Type
            : null;
    }

    /// <summary>
    /// The type of the items of a <c>foreach</c> over the type without a cast, or null if that would be an error or use an interface.
    /// </summary>
    private static ITypeSymbol? ForEachItem(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Interface)
        {
            ISymbol[] all = [.. type.AllInterfaces.Prepend(type).SelectMany(candidate => candidate.GetMembers("GetEnumerator"))];
            INamedTypeSymbol[] generic = [.. all.Select(member => member.ContainingType).Where(candidate => candidate.IsGenericType)];
            return generic is [{ TypeArguments: [var item] } only] && IsGenericCollection(only)
                && all.All(member => IsInBaseCollections(member.ContainingType))
                ? item
                : null;
        }

        IMethodSymbol? begin = NearestMethod(type, "GetEnumerator");
        if (begin?.ReturnType is not INamedTypeSymbol enumerator)
        {
            return null;
        }

        if (enumerator.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerator_T)
        {
            return enumerator.TypeArguments[0];
        }

        return enumerator.TypeKind is TypeKind.Class or TypeKind.Struct
            && NearestMethod(enumerator, "MoveNext") is { ReturnType.SpecialType: SpecialType.System_Boolean }
            && Nearest(enumerator, "Current") is [IPropertySymbol { IsIndexer: false } current]
            && IsUsable(current)
                ? current.Type
                : null;
    }

    private static IMethodSymbol? NearestMethod(INamedTypeSymbol type, string name) =>
        Nearest(type, name)
            .OfType<IMethodSymbol>()
            .FirstOrDefault(method => method is { Parameters.IsEmpty: true, Arity: 0, IsVararg: false } && IsUsable(method));

    /// <summary>
    /// The members of that name in the type, otherwise in the nearest base class that has any. Those hide more distant ones.
    /// </summary>
    private static ImmutableArray<ISymbol> Nearest(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current.GetMembers(name) is { IsEmpty: false } members)
            {
                return members;
            }
        }

        return ImmutableArray<ISymbol>.Empty;
    }

    private static bool IsUsable(ISymbol member) =>
        member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public }
        && !MemberReadability.IsObsoleteError(member)
        && (member is not IPropertySymbol property
            || (property.GetMethod is { DeclaredAccessibility: Accessibility.Public } getter
                && !MemberReadability.IsObsoleteError(getter)));

    private static bool EntriesAre(ITypeSymbol? item, INamedTypeSymbol dictionary) =>
        item is INamedTypeSymbol { Name: "KeyValuePair", TypeArguments: [var key, var value] } pair
        && IsIn(pair, "System", "Collections", "Generic")
        && SymbolEqualityComparer.Default.Equals(key, dictionary.TypeArguments[0])
        && SymbolEqualityComparer.Default.Equals(value, dictionary.TypeArguments[1]);

    private static bool IsDictionary(INamedTypeSymbol type) => type.Name is "IDictionary" or "IReadOnlyDictionary";

    private static bool IsList(INamedTypeSymbol type) => IsGenericCollection(type) && type.Name is "IList" or "IReadOnlyList";

    private static bool IsGenericCollection(INamedTypeSymbol type) =>
        type is
        {
            TypeKind: TypeKind.Interface,
            IsGenericType: true,
            Name: "IEnumerable" or "IList" or "IReadOnlyList" or "IDictionary" or "IReadOnlyDictionary",
        }
        && IsIn(type, "System", "Collections", "Generic");

    private static bool IsInBaseCollections(INamedTypeSymbol type) =>
        IsIn(type, "System", "Collections", "Generic") || IsIn(type, "System", "Collections");

    private static bool IsIn(INamedTypeSymbol type, params string[] path)
    {
        INamespaceSymbol? current = type.ContainingType is null ? type.ContainingNamespace : null;
        for (int i = path.Length - 1; i >= 0; i--)
        {
            if (current?.Name != path[i])
            {
                return false;
            }

            current = current.ContainingNamespace;
        }

        return current?.IsGlobalNamespace == true;
    }
}
