using System.Text;

namespace TorchCharLstm;

/// <summary>The characters of a text, each with its number. Rare ones share the last.</summary>
public sealed class Vocabulary
{
    private const int Rare = 20;
    private const char Other = '\uFFFD';
    private readonly char[] _characters;
    private readonly Dictionary<char, int> _numbers;

    /// <summary>The characters that occur often in <paramref name="text"/>.</summary>
    public Vocabulary(string text)
    {
        // A short text has only rare characters; then each counts.
        int least = Math.Min(Rare, Math.Max(1, text.Length / 5000));
        _characters = [.. text.CountBy(character => character).Where(pair => pair.Value >= least).Select(pair => pair.Key).Order(), Other];
        _numbers = _characters.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
    }

    /// <summary>How many numbers there are.</summary>
    public int Count => _characters.Length;

    /// <summary>The numbers of a text's characters.</summary>
    public long[] Encode(string text) => [.. text.Select(character => (long)_numbers.GetValueOrDefault(character, Count - 1))];

    /// <summary>The text of some numbers.</summary>
    public string Decode(IEnumerable<long> numbers) =>
        numbers.Aggregate(new StringBuilder(), (text, number) => text.Append(_characters[number])).ToString();
}
