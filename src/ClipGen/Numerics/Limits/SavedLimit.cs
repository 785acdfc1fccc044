using System.Globalization;
using ClipGen.Optimizers;

namespace ClipGen.Numerics.Limits;

/// <summary>The numbers of one limit in a saved state.</summary>
/// <param name="prefix">The prefix of their names.</param>
/// <param name="metadata">The single numbers, as text.</param>
/// <param name="tensors">The lists of numbers.</param>
internal sealed class SavedLimit(string prefix, Dictionary<string, string> metadata, Dictionary<string, AlignedElements> tensors)
{
    /// <summary>Writes a number so that reading it gives the same bits.</summary>
    internal void WriteNumber(string name, double number) => metadata[prefix + name] = number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Writes a whole number.</summary>
    internal void WriteCount(string name, long count) => metadata[prefix + name] = count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes a list of numbers.</summary>
    internal void WriteNumbers(string name, double[] numbers) => tensors[prefix + name] = new AlignedElements(numbers);

    /// <summary>Writes a text.</summary>
    internal void WriteText(string name, string text) => metadata[prefix + name] = text;

    /// <summary>Reads a text.</summary>
    /// <exception cref="InvalidDataException">The text is missing.</exception>
    internal string ReadText(string name) => metadata.TryGetValue(prefix + name, out string? text) ? text : throw Invalid(name);

    /// <summary>Reads a number that is finite.</summary>
    /// <exception cref="InvalidDataException">The number is missing or out of range.</exception>
    internal double ReadNumber(string name, double least) =>
        metadata.TryGetValue(prefix + name, out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && number >= least
        && number <= double.MaxValue
            ? number
            : throw Invalid(name);

    /// <summary>Reads a whole number that is not negative.</summary>
    /// <exception cref="InvalidDataException">The number is missing or out of range.</exception>
    internal long ReadCount(string name) =>
        metadata.TryGetValue(prefix + name, out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw Invalid(name);

    /// <summary>Reads a list of numbers.</summary>
    /// <exception cref="InvalidDataException">The list is missing.</exception>
    internal double[] ReadNumbers(string name) =>
        tensors.TryGetValue(prefix + name, out AlignedElements? numbers) && numbers.IsDouble
            ? numbers.Span<double>().ToArray()
            : throw Invalid(name);

    /// <summary>Reads all numbers whose names start with a word, with the rest of each name.</summary>
    /// <exception cref="InvalidDataException">A number is out of range.</exception>
    internal IEnumerable<(string Name, double Number)> ReadAll(string word, double least) =>
        from key in metadata.Keys
        where key.StartsWith(prefix + word, StringComparison.Ordinal)
        select (key[(prefix + word).Length..], ReadNumber(key[prefix.Length..], least));

    /// <summary>Creates the exception for a value that is missing or out of range.</summary>
    internal InvalidDataException Invalid(string name) => new($"'{prefix}{name}' is missing or out of range.");
}
