namespace ClipGen.Numerics.Walking;

/// <summary>A hash of the keys of all items that a walk has entered, in their order.</summary>
internal struct KeyHash
{
    internal int Value { get; private set; }

    internal void Add<TKey>(TKey key) =>
        Value = unchecked((Value * 31) + (key is null ? 0 : EqualityComparer<TKey>.Default.GetHashCode(key)) + 1);
}
