using System.Globalization;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>The environment variables by which more is fuzzed than by default.</summary>
internal static class FuzzSetting
{
    /// <summary>The seed to begin with.</summary>
    public static int FirstSeed => Of("CLIPGEN_FUZZ_SEED") ?? 1;

    // What an older compiler does differently shows in any few models: a tenth of them there.
    private static int Share => typeof(Compilation).Assembly.GetName().Version!.Major < 5 ? 10 : 1;

    /// <summary>How many models to draw where nothing is set.</summary>
    public static int ModelCount(int otherwise) => Of("CLIPGEN_FUZZ_MODELS") ?? otherwise / Share;

    private static int? Of(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : null;
}
