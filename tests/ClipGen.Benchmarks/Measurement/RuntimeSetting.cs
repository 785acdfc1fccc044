namespace ClipGen.Benchmarks.Measurement;

/// <summary>A setting of the runtime that is not its default. It is read when a process starts.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Suffix">What tables add to the instruction set.</param>
/// <param name="Variable">The environment variable.</param>
/// <param name="Value">The value of the variable.</param>
public sealed record RuntimeSetting(string Name, string Suffix, string Variable, string Value)
{
    /// <summary>The settings that are measured beside the default configuration.</summary>
    public static IReadOnlyList<RuntimeSetting> All { get; } =
    [
        new("no-avx512", "", "DOTNET_EnableAVX512", "0"),
        new("no-pgo", ", without profile-guided optimization", "DOTNET_TieredPGO", "0"),
        new("no-tiers", ", without tiered compilation", "DOTNET_TieredCompilation", "0"),
    ];
}
