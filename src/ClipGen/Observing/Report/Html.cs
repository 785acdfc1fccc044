using System.Globalization;
using System.Text;

namespace ClipGen.Observing.Report;

/// <summary>Formats text for HTML and SVG.</summary>
internal static class Html
{
    /// <summary>Escapes special characters, and replaces characters that XML does not allow by question marks.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            _ = character switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                < ' ' and not '\n' and not '\t' => escaped.Append('\uFFFD'),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Escapes the name of a type or a member. Narrow screens break it after a dot.</summary>
    internal static string Name(string name) => Escape(name).Replace(".", ".<wbr>", StringComparison.Ordinal);

    /// <summary>An integer with commas between thousands.</summary>
    internal static string Count(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A number on an axis.</summary>
    internal static string Tick(double number) =>
        Math.Abs(number) is >= 1e-4 and < 1e6 or 0
            ? number.ToString("0.######", CultureInfo.InvariantCulture)
            : number.ToString("0e0", CultureInfo.InvariantCulture);
}
