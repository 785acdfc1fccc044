using ClipGen.Generator.Tests.Fuzzing;

namespace ClipGen.Analyzers.Tests.Broken;

/// <summary>
/// The generator and the analyzers run while code is typed, and must never throw. These programs have changed lines and tokens. The seeds
/// are fixed, and the oldest compiler gets a tenth of them. <c>CLIPGEN_FUZZ_MODELS</c> sets the number of programs of each test, and
/// <c>CLIPGEN_FUZZ_SEED</c> the first seed.
/// </summary>
public sealed class BrokenProgramTests
{
    private const int ProgramsPerCompilation = 50;

    private static readonly string[] Sources = [.. WholePrograms.All.Values];

    public static TheoryData<string> Names => [.. WholePrograms.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Nothing_throws_on_a_whole_program_with(string name) =>
        BrokenCompilation.AssertNothingThrowsAsync([WholePrograms.All[name].Replace("#", "", StringComparison.Ordinal)]);

    [Fact]
    public Task Nothing_throws_on_broken_programs_with_rare_declarations() => AssertNothingThrowsAsync(
        300,
        (seed, random) => ProgramBreaker.Break(
            Sources[random.Next(Sources.Length)].Replace("#", $"{seed}", StringComparison.Ordinal), random, WholePrograms.Usings.Length));

    [Fact]
    public Task Nothing_throws_on_broken_models_of_the_fuzzer() => AssertNothingThrowsAsync(
        150,
        (seed, random) =>
        {
            ProgramDeclaration program = ProgramDrawer.Draw(seed);
            program = program with { Types = [.. program.Types.Select(type => type with { InLibrary = false })] };
            string layers = program.HasLayerInterface
                ? $"\nnamespace {program.Namespace} {{ public interface ILayer : ClipGen.IGradientSource {{ }} }}\n"
                : "";
            string source = ProgramWriter.Write(program, library: false);
            return ProgramBreaker.Break(source + layers, random, source.IndexOf('{', StringComparison.Ordinal));
        },
        ProgramWriter.Prelude,
        ProgramWriter.ExternalGradientSources);

    private static async Task AssertNothingThrowsAsync(int count, Func<int, Random, string> make, params string[] others)
    {
        foreach (int[] seeds in Enumerable.Range(FuzzSetting.FirstSeed, FuzzSetting.ModelCount(count)).Chunk(ProgramsPerCompilation))
            await BrokenCompilation.AssertNothingThrowsAsync([.. seeds.Select(seed => make(seed, new Random(seed)))], others);
    }
}
