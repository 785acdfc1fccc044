namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Keeps the latest answers to a question about names. Few names are used many times, and to split one into words allocates. The memo has a
/// fixed size, because a compiler server compiles many programs.
/// </summary>
internal sealed class NameMemo(Func<string, bool> answer)
{
    private const int Size = 1024;

    // An entry never changes, so threads can replace entries without a lock.
    private readonly Entry?[] _entries = new Entry?[Size];

    public bool Of(string name)
    {
        int hash = name.Length;
        foreach (char each in name)
            hash = unchecked((hash * 31) + each);
        ref Entry? entry = ref _entries[hash & (Size - 1)];
        if (entry is { } known && known.Name == name)
            return known.Answer;
        bool found = answer(name);
        entry = new Entry(name, found);
        return found;
    }

    private sealed record Entry(string Name, bool Answer);
}
