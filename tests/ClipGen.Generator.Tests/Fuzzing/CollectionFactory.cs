using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Reflection;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>Makes collections of any kind from their items.</summary>
internal static class CollectionFactory
{
    private static readonly Dictionary<Type, string> Sequences = new()
    {
        [typeof(List<>)] = nameof(MakeList),
        [typeof(IReadOnlyList<>)] = nameof(MakeList),
        [typeof(IList<>)] = nameof(MakeList),
        [typeof(ICollection<>)] = nameof(MakeList),
        [typeof(IEnumerable<>)] = nameof(MakeQueue),
        [typeof(IReadOnlyCollection<>)] = nameof(MakeQueue),
        [typeof(Queue<>)] = nameof(MakeQueue),
        [typeof(Stack<>)] = nameof(MakeStack),
        [typeof(LinkedList<>)] = nameof(MakeLinkedList),
        [typeof(HashSet<>)] = nameof(MakeSet),
        [typeof(ISet<>)] = nameof(MakeSet),
        [typeof(ImmutableArray<>)] = nameof(MakeImmutableArray),
        [typeof(ImmutableList<>)] = nameof(MakeImmutableList),
        [typeof(Collection<>)] = nameof(MakeCollection),
        [typeof(ObservableCollection<>)] = nameof(MakeObservable),
        [typeof(ReadOnlyCollection<>)] = nameof(MakeReadOnly),
        [typeof(ArraySegment<>)] = nameof(MakeSegment),
        [typeof(Memory<>)] = nameof(MakeMemory),
        [typeof(ReadOnlyMemory<>)] = nameof(MakeReadOnlyMemory),
    };

    private static readonly Dictionary<Type, string> Dictionaries = new()
    {
        [typeof(Dictionary<,>)] = nameof(MakeDictionary),
        [typeof(IDictionary<,>)] = nameof(MakeDictionary),
        [typeof(IReadOnlyDictionary<,>)] = nameof(MakeDictionary),
        [typeof(SortedDictionary<,>)] = nameof(MakeSortedDictionary),
        [typeof(SortedList<,>)] = nameof(MakeSortedList),
        [typeof(ImmutableDictionary<,>)] = nameof(MakeImmutableDictionary),
        [typeof(ReadOnlyDictionary<,>)] = nameof(MakeReadOnlyDictionary),
    };

    public static bool IsSequence(Type type) =>
        type.IsGenericType && (Sequences.ContainsKey(type.GetGenericTypeDefinition()) || IsInlineArray(type));

    /// <summary>The inline array that all programs can use.</summary>
    public static bool IsInlineArray(Type type) => type is { Namespace: "Fuzz", Name: "Three`1" };

    public static bool IsDictionary(Type type) => type.IsGenericType && Dictionaries.ContainsKey(type.GetGenericTypeDefinition());

    /// <summary>Creates the collection that contains <paramref name="items"/>, an array. For a dictionary, these are the values.</summary>
    public static object Make(Type type, Array items)
    {
        if (IsInlineArray(type))
        {
            return type.GetMethod("From")!.Invoke(null, [items])!;
        }

        bool isSequence = Sequences.TryGetValue(type.GetGenericTypeDefinition(), out string? maker);
        maker ??= Dictionaries[type.GetGenericTypeDefinition()];
        MethodInfo method = typeof(CollectionFactory).GetMethod(maker, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(
            type.GetGenericArguments());
        object keys = isSequence ? items : type.GetGenericArguments()[0] == typeof(string)
            ? Enumerable.Range(0, items.Length).Select(i => i switch { 0 => "head", 1 => @"k].1\", _ => $"k\\ {i}" }).ToArray()
            : Enumerable.Range(0, items.Length).Select(i => (3 * i) - 2).ToArray();
        return isSequence ? method.Invoke(null, [items])! : method.Invoke(null, [keys, items])!;
    }

    private static List<T> MakeList<T>(T[] items) => [.. items];

    private static Queue<T> MakeQueue<T>(T[] items) => new(items);

    private static Stack<T> MakeStack<T>(T[] items) => new(items);

    private static LinkedList<T> MakeLinkedList<T>(T[] items) => new(items);

    private static HashSet<T> MakeSet<T>(T[] items) => [.. items];

    private static ImmutableArray<T> MakeImmutableArray<T>(T[] items) => [.. items];

    private static ImmutableList<T> MakeImmutableList<T>(T[] items) => [.. items];

    private static Collection<T> MakeCollection<T>(T[] items) => new([.. items]);

    private static ObservableCollection<T> MakeObservable<T>(T[] items) => new(items);

    private static ReadOnlyCollection<T> MakeReadOnly<T>(T[] items) => new(items);

    private static ArraySegment<T> MakeSegment<T>(T[] items) => new(items, items.Length / 2, items.Length - (items.Length / 2));

    private static Memory<T> MakeMemory<T>(T[] items) => items;

    private static ReadOnlyMemory<T> MakeReadOnlyMemory<T>(T[] items) => items;

    private static Dictionary<TKey, T> MakeDictionary<TKey, T>(TKey[] keys, T[] items)
        where TKey : notnull => new(Pairs(keys, items));

    private static SortedDictionary<TKey, T> MakeSortedDictionary<TKey, T>(TKey[] keys, T[] items)
        where TKey : notnull => new(MakeDictionary(keys, items));

    private static SortedList<TKey, T> MakeSortedList<TKey, T>(TKey[] keys, T[] items)
        where TKey : notnull => new(MakeDictionary(keys, items));

    private static ImmutableDictionary<TKey, T> MakeImmutableDictionary<TKey, T>(TKey[] keys, T[] items)
        where TKey : notnull => ImmutableDictionary.CreateRange(Pairs(keys, items));

    private static ReadOnlyDictionary<TKey, T> MakeReadOnlyDictionary<TKey, T>(TKey[] keys, T[] items)
        where TKey : notnull => new(MakeDictionary(keys, items));

    private static IEnumerable<KeyValuePair<TKey, T>> Pairs<TKey, T>(TKey[] keys, T[] items) =>
        keys.Zip(items, (key, item) => new KeyValuePair<TKey, T>(key, item));
}
