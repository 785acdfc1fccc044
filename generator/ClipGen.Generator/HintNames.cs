using System.Collections.Immutable;
using ClipGen.Generator.Model;

namespace ClipGen.Generator;

/// <summary>The names of generated files. The compiler compares them without regard to case, C# does not.</summary>
internal static class HintNames
{
    public static string Of(TypeDeclaration type, EquatableArray<string> ambiguous)
    {
        string suffix = ambiguous.Contains(type.MetadataName) ? "." + StableHash(type.MetadataName).ToString("x8") : "";
        return type.MetadataName + suffix + ".g.cs";
    }

    /// <summary>The names that differ from another one only in case.</summary>
    public static EquatableArray<string> FindAmbiguous(ImmutableArray<string> names) =>
        names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Skip(1).Any())
            .SelectMany(group => group)
            .OrderBy(name => name, StringComparer.Ordinal)
            .ToEquatableArray();

    /// <summary>FNV-1a: the same on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static uint StableHash(string text)
    {
        uint hash = 2166136261;
        foreach (char character in text)
        {
            hash = unchecked((hash ^ character) * 16777619);
        }

        return hash;
    }
}
