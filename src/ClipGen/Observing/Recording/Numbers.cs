using System.Globalization;

namespace ClipGen.Observing.Recording;

/// <summary>Numbers as people read them, and limits as people choose them.</summary>
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

    /// <summary>A share in percent. Only the whole is 100 %, and only nothing is 0 %.</summary>
    internal static string Percent(double share)
    {
        double percent = 100 * share;
        string text = percent is > 0 and < 0.1 ? "less than 0.1"
            : percent is > 99.9 and < 100 ? "more than 99.9"
            : percent.ToString(percent is > 0 and < 10 or (> 90 and < 100) ? "0.0" : "0", CultureInfo.InvariantCulture);
        return text + " %";
    }

    /// <summary>The next number of two significant digits that is not smaller.</summary>
    internal static double RoundUp(double value)
    {
        if (!(value > 0) || !double.IsFinite(value))
            return value;
        int exponent = (int)Math.Floor(Math.Log10(value)) - 1;

        // By way of text, so that the number is the nearest one to its two digits.
        string digits = FormattableString.Invariant($"{Math.Ceiling((value / Math.Pow(10, exponent)) - 1e-4):R}e{exponent}");
        double rounded = double.Parse(digits, CultureInfo.InvariantCulture);
        return double.IsFinite(rounded) && rounded > 0 ? rounded : value;
    }
}
