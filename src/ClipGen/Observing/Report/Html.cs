using System.Globalization;
using System.Text;

namespace ClipGen.Observing.Report;

/// <summary>Text in HTML and SVG.</summary>
internal static class Html
{
    /// <summary>Text in which no character has a meaning of its own. What XML does not allow is shown as a question mark.</summary>
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

    /// <summary>A whole number with commas between thousands.</summary>
    internal static string Count(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A number at an axis.</summary>
    internal static string Tick(double number) =>
        Math.Abs(number) is >= 1e-4 and < 1e6 or 0
            ? number.ToString("0.######", CultureInfo.InvariantCulture)
            : number.ToString("0e0", CultureInfo.InvariantCulture);
}
