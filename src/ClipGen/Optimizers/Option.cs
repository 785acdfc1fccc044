using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers;

/// <summary>Checks the ranges of options.</summary>
internal static class Option
{
    /// <summary>Checks that a number is finite, and 0 or greater.</summary>
    internal static double NotNegative(double value, [CallerMemberName] string? name = null) =>
        value is >= 0 and <= double.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite, and 0 or greater.");

    /// <summary>Checks a decay rate: at least 0 and less than 1.</summary>
    internal static double Decay(double value, [CallerMemberName] string? name = null) =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and less than 1.");
}
