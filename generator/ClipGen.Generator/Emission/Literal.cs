using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Emission;

/// <summary>Writes values as C# literals, the same in every culture.</summary>
internal static class Literal
{
    public static string Of(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(double value)
    {
        if (double.IsPositiveInfinity(value))
        {
            return "double.PositiveInfinity";
        }

        string digits = value.ToString("R", CultureInfo.InvariantCulture);
        return digits.Contains('.') || digits.Contains('E') ? digits : digits + ".0";
    }

    /// <summary>The number as people write it in a sentence.</summary>
    public static string Display(double value) =>
        double.IsPositiveInfinity(value) ? "∞" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The text as a comment can hold it: a line break in it would end the comment.</summary>
    public static string Display(string text) => SymbolDisplay.FormatLiteral(text, quote: false);
}
