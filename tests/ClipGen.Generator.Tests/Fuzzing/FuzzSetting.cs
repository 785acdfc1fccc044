using System.Globalization;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>The environment variables by which more is fuzzed than by default.</summary>
internal static class FuzzSetting
{
    public static int Of(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
