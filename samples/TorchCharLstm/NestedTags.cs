using System.Text;

namespace TorchCharLstm;

/// <summary>
/// A generated text of nested tags, one element on a line: <c>&lt;ab&gt;x&lt;cd&gt;y&lt;/cd&gt;&lt;/ab&gt;</c>. Names are random, and a
/// closing tag repeats the name of the tag that it closes. So the letters of closing tags can be predicted, by a network that remembers the
/// names of all open tags.
/// </summary>
public static class NestedTags
{
    private const string NameLetters = "abcdef";
    private const string Leaves = "xyz";

    /// <summary>Every character that the text can have.</summary>
    public const string Alphabet = "\n/<>" + NameLetters + Leaves;

    /// <summary>Writes whole lines until there are <paramref name="length"/> characters.</summary>
    /// <param name="length">The number of characters; the text ends with the line that reaches it.</param>
    /// <param name="depth">The largest number of tags that are open at the same time.</param>
    /// <param name="seed">The same seed gives the same text: the algorithm of a <see cref="Random"/> with a seed does not change.</param>
    public static string Write(int length, int depth, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            WriteElement(text, random, depth);
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Marks the characters of a text that are letters of a closing tag's name.</summary>
    public static bool[] FindClosingNames(string text)
    {
        var isClosing = new bool[text.Length];
        bool inside = false;
        for (int i = 0; i < text.Length; i++)
        {
            isClosing[i] = inside && text[i] != '>';
            inside = text[i] == '/' || (inside && text[i] != '>');
        }

        return isClosing;
    }

    private static void WriteElement(StringBuilder text, Random random, int depth)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            text.Append(Leaves[random.Next(Leaves.Length)]);
            return;
        }

        string name = $"{NameLetters[random.Next(NameLetters.Length)]}{NameLetters[random.Next(NameLetters.Length)]}";
        text.Append('<').Append(name).Append('>');
        for (int children = 1 + random.Next(2); children > 0; children--)
            WriteElement(text, random, depth - 1);
        text.Append("</").Append(name).Append('>');
    }
}
