using ClipGen.Generator.Model;

namespace ClipGen.Generator.Reading;

/// <summary>Pairs the items of a collection of gradients with those of a collection of parameters.</summary>
internal static class ParameterPairing
{
    /// <summary>Whether items have a position or a key by which generated code finds the item of the other collection.</summary>
    public static bool IsByPositionOrKey(CollectionForm collection) => collection.Kind switch
    {
        CollectionKind.Array or CollectionKind.ImmutableArray or CollectionKind.List or CollectionKind.Memory => true,
        CollectionKind.Dictionary => collection.Through is null || collection.Through.Contains("Dictionary<"),
        _ => false,
    };
}
