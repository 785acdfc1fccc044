namespace TorchCharLstm;

/// <summary>Numbers for the characters of <see cref="NestedTags"/>.</summary>
public static class Vocabulary
{
    /// <summary>The number of characters.</summary>
    public static int Count => NestedTags.Alphabet.Length;

    /// <summary>The numbers of a text's characters.</summary>
    public static long[] Encode(string text) =>
        [.. text.Select(character => (long)NestedTags.Alphabet.IndexOf(character, StringComparison.Ordinal))];

    /// <summary>The text of some numbers.</summary>
    public static string Decode(IEnumerable<long> numbers) => string.Concat(numbers.Select(number => NestedTags.Alphabet[(int)number]));
}
