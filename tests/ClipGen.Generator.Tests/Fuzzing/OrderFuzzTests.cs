using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// The generated code does not depend on the order of types and files, and the visited gradients do not depend on the order of members. The
/// seeds are fixed by default. <c>CLIPGEN_FUZZ_MODELS</c> sets the number of programs, and <c>CLIPGEN_FUZZ_SEED</c> the first seed.
/// </summary>
public sealed partial class OrderFuzzTests(ITestOutputHelper output)
{
    private const int Count = 600;
    private const int OrdersPerGraph = 2;
    private const int ShownFailures = 5;

    [Fact]
    public void Order_of_types_and_files_changes_nothing() => Check((graph, random) =>
    {
        IReadOnlyDictionary<string, string> expected = Generate([graph.File()]);
        for (int order = 0; order < OrdersPerGraph; order++)
        {
            TypeGraph shuffled = graph.ShuffleTypes(random);
            string[] files = order % 2 == 0 ? shuffled.Files() : [shuffled.File()];
            if (Difference(expected, Generate(files)) is { } difference)
                return (difference, files);
        }

        return (null, [.. expected.Values]);
    });

    [Fact]
    public void Order_of_members_changes_no_visit() => Check((graph, random) =>
    {
        IReadOnlyDictionary<string, string> expected = Visits(Generate([graph.File()]));
        for (int order = 0; order < OrdersPerGraph; order++)
        {
            TypeGraph shuffled = graph.ShuffleMembers(random);
            string[] files = order % 2 == 0 ? shuffled.SplitFiles(random) : [shuffled.File()];
            if (Difference(expected, Visits(Generate(files))) is { } difference)
                return (difference, files);
        }

        return (null, [.. expected.Values]);
    });

    // The check returns a difference and the files that show it, or the generated files.
    private void Check(Func<TypeGraph, Random, (string? Difference, string[] Files)> check)
    {
        int first = FuzzSetting.FirstSeed;
        int count = FuzzSetting.ModelCount(Count);
        var failures = new List<string>();
        int generated = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            TypeGraph graph = TypeGraph.Draw(seed);
            (string? difference, string[] files) = check(graph, new Random(seed));
            if (difference is null)
            {
                generated += files.Length;
            }
            else
            {
                failures.Add(
                    $"""
                        Seed {seed} (CLIPGEN_FUZZ_SEED={seed} CLIPGEN_FUZZ_MODELS=1): {difference}
                        As drawn:
                        {graph.File()}
                        In another order:
                        {string.Join("\n", files)}
                        """);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} graphs from seed {first}, {generated} files generated, {failures.Count} failed"));
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} failed.\n{string.Join("\n\n", failures.Take(ShownFailures))}");
        Assert.True(count < 10 || generated > count / 2, "Next to nothing was generated: nothing was tested.");
    }

    private static Dictionary<string, string> Generate(string[] files)
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(files);
        GeneratorRunResult result = GeneratorHarness.CreateDriver()
            .RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        return result.GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString());
    }

    // The names that each file visits and enters, sorted.
    private static Dictionary<string, string> Visits(IReadOnlyDictionary<string, string> files) => files.ToDictionary(
        file => file.Key,
        file => string.Join("\n", VisitPattern().Matches(file.Value).Select(match => match.Value).Order(StringComparer.Ordinal)));

    private static string? Difference(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual)
    {
        string[] missing = [.. expected.Keys.Except(actual.Keys).Select(name => $"{name} is not generated in the other order")];
        string[] added = [.. actual.Keys.Except(expected.Keys).Select(name => $"{name} is generated in the other order only")];
        string[] changed = [.. expected.Keys.Intersect(actual.Keys).Where(name => expected[name] != actual[name])
            .Select(name => $"{name} differs")];
        string[] all = [.. missing, .. added, .. changed];
        return all.Length == 0 ? null : string.Join("; ", all);
    }

    [GeneratedRegex("""(Visit<.*>|Enter)\("[^"]*"|base\.Visit""")]
    private static partial Regex VisitPattern();
}
