using System.Collections.Immutable;
using System.Text;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;

namespace ClipGen.Generator;

/// <summary>
/// Creates the names of generated files from metadata names of types. Each type gets a name that the compiler accepts and that any file
/// system can store, in case the project writes its generated files to disk.
/// </summary>
internal static class HintNames
{
    private const string Extension = ".g.cs";

    /// <summary>
    /// Maximum number of bytes before the hash. File systems allow 255 for the whole name, and Windows 260 characters for the whole path.
    /// </summary>
    private const int LongestName = 100;

    /// <summary>Names of devices on Windows, which no file there can have, with any extension.</summary>
    private static readonly HashSet<string> Devices = new(
        ["aux", "con", "nul", "prn", .. Enumerable.Range(0, 10).SelectMany(i => new[] { "com" + i, "lpt" + i })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// <c>Demo.Outer+Model`1.g.cs</c>. A hash distinguishes types whose names are equal to the compiler or a file system, or are truncated.
    /// Names of types contain no hyphen, so a name with a hash never equals another type's.
    /// </summary>
    public static string Of(TypeDeclaration type, EquatableArray<string> ambiguous)
    {
        string name = type.MetadataName;
        return IsPlain(name) && !ambiguous.Contains(name)
            ? name + Extension
            : Shorten(name) + "-" + StableHash.Of(name) + Extension;
    }

    /// <summary>The names that differ from another one only in case. C# distinguishes them, but the compiler's file names do not.</summary>
    public static EquatableArray<string> FindAmbiguous(ImmutableArray<string> names) =>
        names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Skip(1).Any())
            .SelectMany(group => group)
            .OrderBy(name => name, StringComparer.Ordinal)
            .ToEquatableArray();

    /// <summary>ASCII only: file systems disagree on the case and the normal form of other letters.</summary>
    private static bool IsPlain(string name) =>
        name.Length <= LongestName && name.All(IsPlain) && !Devices.Contains(name.Split('.')[0]);

    private static bool IsPlain(char character) =>
        character is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '_' or '.' or '+' or '`';

    /// <summary>The end of the name, which contains the type's own name in its usual letters.</summary>
    private static string Shorten(string name)
    {
        int start = name.Length;
        for (int bytes = 0; start > 0; start--)
        {
            // No character of a name takes more than three bytes, and a surrogate two.
            bytes += name[start - 1] < 0x80 ? 1 : 3;
            if (bytes > LongestName)
            {
                break;
            }
        }

        var text = new StringBuilder();
        foreach (char character in name.Substring(start))
        {
            text.Append(IsPlain(character) || char.IsLetter(character) ? character : '_');
        }

        return text.ToString().TrimStart('.', '+');
    }
}
