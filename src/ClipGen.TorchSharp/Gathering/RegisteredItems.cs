#if NET9_0_OR_GREATER
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
#endif
using TorchSharp.Utils;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The items of a module's list, in their order. They are read from the memory of the list. Each access by the list's own indexer takes two
/// calls, and a module with two parameters needs seven.
/// </summary>
/// <remarks>Before .NET 9, a private field of a generic type is accessible to reflection only. The indexer is called there.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="items">The list.</param>
internal readonly ref struct RegisteredItems<T>(OrderedDict<string, T> items)
{
#if NET9_0_OR_GREATER
    private readonly ReadOnlySpan<(string Name, T Item)> _items = CollectionsMarshal.AsSpan(ListField<string, T>.Of(items));

    /// <summary>Whether the list has the expected field.</summary>
    internal static bool IsUsable { get; } =
        typeof(OrderedDict<string, T>).GetField(ListField<string, T>.Name, BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType
            == typeof(List<(string, T)>);

    internal int Count => _items.Length;

    internal (string Name, T Item) this[int position] => _items[position];
#else
    /// <summary>Whether the list has the expected members.</summary>
    internal static bool IsUsable => true;

    internal int Count => items.Count;

    internal (string Name, T Item) this[int position] => items[position];
#endif
}

#if NET9_0_OR_GREATER
/// <summary>Reads the private list. The type parameters must be those of the type that has the field.</summary>
file static class ListField<TKey, TValue>
    where TKey : notnull
{
    internal const string Name = "_list";

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = Name)]
    internal static extern ref List<(TKey, TValue)> Of(OrderedDict<TKey, TValue> items);
}
#endif
