using System.Globalization;

namespace ClipGen.Optimizers;

/// <summary>The options of an optimizer by name, as text. Depending on the constructor, <c>Exchange</c> writes or reads them.</summary>
internal sealed class OptionList
{
    private readonly IReadOnlyDictionary<string, string>? _read;

    /// <summary>Creates a list that options are written to.</summary>
    internal OptionList()
    {
    }

    /// <summary>Creates a list that options are read from.</summary>
    internal OptionList(IReadOnlyDictionary<string, string> read) => _read = read;

    /// <summary>The options written so far.</summary>
    internal Dictionary<string, string> Written { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes the current number and returns it, or returns the number that was read.</summary>
    internal double Exchange(string name, double current)
    {
        if (_read is null)
        {
            Written.Add(name, current.ToString("R", CultureInfo.InvariantCulture));
            return current;
        }

        return double.TryParse(TextOf(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new InvalidDataException($"The option '{name}' is not a number.");
    }

    /// <summary>Writes the current Boolean option and returns it, or returns the option that was read.</summary>
    internal bool Exchange(string name, bool current)
    {
        if (_read is null)
        {
            Written.Add(name, current ? "true" : "false");
            return current;
        }

        return TextOf(name) switch
        {
            "true" => true,
            "false" => false,
            _ => throw new InvalidDataException($"The option '{name}' is neither true nor false."),
        };
    }

    private string TextOf(string name) =>
        _read!.TryGetValue(name, out string? text) ? text : throw new InvalidDataException($"The option '{name}' is missing.");
}
