namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>The words that an identifier is made of.</summary>
internal static class IdentifierWords
{
    /// <summary>In lower case, without a field's prefix; digits are words of their own: <c>_gradWx1</c> is grad, wx, 1.</summary>
    public static IReadOnlyList<string> Of(string identifier)
    {
        string name = identifier.TrimStart('_');
        if (name.StartsWith("m_", StringComparison.Ordinal) || name.StartsWith("s_", StringComparison.Ordinal))
        {
            name = name.Substring(2);
        }

        var words = new List<string>();
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || IsBoundary(name, i))
            {
                string word = name.Substring(start, i - start).Trim('_');
                if (word.Length > 0)
                {
                    Add(words, word.ToLowerInvariant());
                }

                start = i;
            }
        }

        return words;
    }

    /// <summary>The words in one, each in the singular.</summary>
    public static string Stem(IEnumerable<string> words) => string.Concat(words.Select(Stem));

    /// <summary>The word in the singular: weights and weight, biases and bias name the same thing.</summary>
    public static string Stem(string word) => word switch
    {
        "params" or "parameter" or "parameters" => "param",
        _ when word.EndsWith("biases", StringComparison.Ordinal) => word.Substring(0, word.Length - 2),
        _ when word.Length > 3 && word.EndsWith("s", StringComparison.Ordinal) && word[word.Length - 2] is not ('a' or 'i' or 's' or 'u') =>
            word.Substring(0, word.Length - 1),
        _ => word,
    };

    // Many write UpDate.
    private static void Add(List<string> words, string word)
    {
        if (word.StartsWith("date", StringComparison.Ordinal) && words.Count > 0 && words[words.Count - 1] == "up")
            words[words.Count - 1] += word;
        else
            words.Add(word);
    }

    private static bool IsBoundary(string name, int i)
    {
        char before = name[i - 1];
        char here = name[i];
        return here == '_'
            || before == '_'
            || char.IsDigit(before) != char.IsDigit(here)
            || (char.IsLower(before) && char.IsUpper(here))
            || (char.IsUpper(before) && char.IsUpper(here) && i + 1 < name.Length && char.IsLower(name[i + 1]));
    }
}
