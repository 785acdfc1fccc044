using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Analyzers.Declarations;
using ClipGen.Generator.Tests.Fuzzing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>The diagnostics of declarations do not depend on the order of files, types and members.</summary>
public sealed class OrderTests(ITestOutputHelper output)
{
    private const int Count = 150;
    private const int ShownFailures = 5;

    private static readonly MetadataReference[] References = [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen];

    [Fact]
    public async Task Diagnostics_are_the_same_in_any_order()
    {
        int first = FuzzSetting.FirstSeed;
        int count = FuzzSetting.ModelCount(Count);
        var failures = new List<string>();
        int reported = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            TypeGraph graph = TypeGraph.Draw(seed);
            var random = new Random(seed);
            string[] files = graph.ShuffleMembers(random).SplitFiles(random);
            string[] expected = await ReportedAsync([graph.File()]);
            string[] actual = await ReportedAsync(files);
            reported += expected.Length;
            if (!expected.SequenceEqual(actual))
            {
                failures.Add(
                    $"Seed {seed} (CLIPGEN_FUZZ_SEED={seed} CLIPGEN_FUZZ_MODELS=1), as "
                    + $"drawn:\n{string.Join("\n", expected)}\n{graph.File()}\nIn another "
                        + $"order:\n{string.Join("\n", actual)}\n{string.Join("\n", files)}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} graphs from seed {first}, {reported} diagnostics, {failures.Count} failed"));
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} failed.\n{string.Join("\n\n", failures.Take(ShownFailures))}");
        Assert.True(count < 10 || reported > count / 2, "Next to nothing was reported: nothing was tested.");
    }

    private static async Task<string[]> ReportedAsync(string[] files)
    {
        CSharpCompilation compilation = AnalyzerHarness.Compile(files.Select((file, index) => ($"File{index}.cs", file)), References);
        ImmutableArray<Diagnostic> found =
            await AnalyzerHarness.AnalyzeAsync(compilation, [new DeclarationAnalyzer(), new UndeclaredGradientAnalyzer()]);
        return [.. found.Select(diagnostic => $"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}")
            .Order(StringComparer.Ordinal)];
    }
}
