using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>Tells which types hold numbers, and what pairs consist of.</summary>
internal static class BufferTypes
{
    public static bool IsNumber(ITypeSymbol? type) =>
        type is { SpecialType: SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal }
            or { Name: "Half", IsValueType: true };

    public static ITypeSymbol? TypeOf(ISymbol member) => (member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type;

    /// <summary>Whether the type is an array, span, list or other collection of numbers.</summary>
    public static bool IsBuffer(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => IsNumber(array.ElementType) || IsBuffer(array.ElementType),
        IPointerTypeSymbol pointer => IsNumber(pointer.PointedAtType),
        INamedTypeSymbol { TypeArguments: { Length: 1 } items } => IsNumber(items[0]) || items[0] is IArrayTypeSymbol,
        _ => false,
    };

    /// <summary>The item type of a sequence, through conversions to a more general type.</summary>
    public static ITypeSymbol? ItemOf(IOperation collection) => collection.WithoutConversions().Type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } named => named.TypeArguments[0],
        INamedTypeSymbol { Name: "Dictionary" or "SortedDictionary" or "IReadOnlyDictionary" } dictionary => dictionary,
        { } other => other.AllInterfaces
            .FirstOrDefault(implemented => implemented is { Name: "IEnumerable", TypeArguments.Length: 1 })?.TypeArguments[0],
        _ => null,
    };

    /// <summary>The names of the parts that a type is deconstructed into.</summary>
    public static IReadOnlyList<string> PartsOf(ITypeSymbol? type, int count)
    {
        IMethodSymbol? deconstruct = type is null or { IsTupleType: true }
            ? null
            : type.GetMembers("Deconstruct").OfType<IMethodSymbol>().FirstOrDefault(method => method.Parameters.Length == count);
        if (type is { Name: "Dictionary" or "SortedDictionary" or "IReadOnlyDictionary" or "KeyValuePair" } && count == 2)
            return ["key", "value"];
        return deconstruct is null
            ? [.. Enumerable.Range(1, count).Select(TupleItem)]
            : [.. deconstruct.Parameters.Select(parameter => parameter.Name)];
    }

    public static ITypeSymbol? PartTypeOf(ITypeSymbol? type, int index) =>
        type is INamedTypeSymbol { IsTupleType: true } tuple && index < tuple.TupleElements.Length ? tuple.TupleElements[index].Type : null;

    public static string TupleItem(int number) => "Item" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The collection that an operation is an element of, jagged arrays and ranges included.</summary>
    public static IOperation? CollectionOf(IOperation operation)
    {
        IOperation? collection = operation;
        while (true)
        {
            switch (collection)
            {
                case IArrayElementReferenceOperation element:
                    collection = element.ArrayReference;
                    break;
                case IPropertyReferenceOperation { Property.IsIndexer: true } indexer:
                    collection = indexer.Instance;
                    break;
                default:
                    return collection == operation ? null : collection;
            }
        }
    }
}
