using System.Globalization;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>The environment variables that increase the number of random models.</summary>
internal static class FuzzSetting
{
    /// <summary>The first seed.</summary>
    public static int FirstSeed => Of("CLIPGEN_FUZZ_SEED") ?? 1;

    // The oldest compiler gets a tenth of the models: a few show all differences.
    private static int Share => typeof(Compilation).Assembly.GetName().Version!.Major < 5 ? 10 : 1;

    /// <summary>The number of models: by default <paramref name="otherwise"/>, and a tenth of it in the oldest compiler.</summary>
    public static int ModelCount(int otherwise) => Of("CLIPGEN_FUZZ_MODELS") ?? otherwise / Share;

    private static int? Of(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : null;
}
