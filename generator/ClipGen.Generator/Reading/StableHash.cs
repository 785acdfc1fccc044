using System.Globalization;

namespace ClipGen.Generator.Reading;

/// <summary>FNV-1a over the characters of a text: the same on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
internal static class StableHash
{
    /// <summary>The hash, as 16 hexadecimal digits.</summary>
    public static string Of(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in text)
        {
            hash = unchecked((hash ^ character) * 1099511628211);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
