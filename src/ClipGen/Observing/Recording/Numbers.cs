using System.Globalization;

namespace ClipGen.Observing.Recording;

/// <summary>Formats numbers for readers, and rounds limits to readable numbers.</summary>
internal static class Numbers
{
    /// <summary>A number with a decimal point and no more digits than it needs, as a C# literal of type <c>double</c>.</summary>
    internal static string Text(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsInteger(value) && text.All(char.IsAsciiDigit) ? text + ".0" : text;
    }

    /// <summary>A number with three significant digits, for text.</summary>
    internal static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>A share in percent. Only 1 gives 100 %, and only 0 gives 0 %.</summary>
    internal static string Percent(double share)
    {
        double percent = 100 * share;
        string text = percent is > 0 and < 0.1 ? "less than 0.1"
            : percent is > 99.9 and < 100 ? "more than 99.9"
            : percent.ToString(percent is > 0 and < 10 or (> 90 and < 100) ? "0.0" : "0", CultureInfo.InvariantCulture);
        return text + " %";
    }

    /// <summary>Rounds up to two significant digits.</summary>
    internal static double RoundUp(double value)
    {
        if (!(value > 0) || !double.IsFinite(value))
            return value;
        int exponent = (int)Math.Floor(Math.Log10(value)) - 1;

        // Converted through text, so that the result is the nearest number to its two digits.
        string digits = FormattableString.Invariant($"{Math.Ceiling((value / Math.Pow(10, exponent)) - 1e-4):R}e{exponent}");
        double rounded = double.Parse(digits, CultureInfo.InvariantCulture);
        return double.IsFinite(rounded) && rounded > 0 ? rounded : value;
    }
}
