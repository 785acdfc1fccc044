using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers;

/// <summary>The ranges of options.</summary>
internal static class Option
{
    /// <summary>A number that is finite, and 0 or greater.</summary>
    internal static double NotNegative(double value, [CallerMemberName] string? name = null) =>
        value is >= 0 and <= double.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is finite, and 0 or greater.");

    /// <summary>A share of what was before: at least 0 and less than 1.</summary>
    internal static double Decay(double value, [CallerMemberName] string? name = null) =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least 0 and less than 1.");
}
