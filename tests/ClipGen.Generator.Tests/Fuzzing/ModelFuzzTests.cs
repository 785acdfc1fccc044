using System.Globalization;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Random models with all declarations that the generator accepts. They are compiled, run, and compared with an oracle that traverses the
/// objects by reflection. The seeds are fixed by default. <c>CLIPGEN_FUZZ_MODELS</c> sets the number of models, and
/// <c>CLIPGEN_FUZZ_SEED</c> the first seed.
/// </summary>
public sealed class ModelFuzzTests(ITestOutputHelper output)
{
    private const int ModelsPerCompilation = 100;
    private const int TrialsPerModel = 2;
    private const int TrialsWhenShrinking = 8;
    private const int ShownFailures = 8;

    private static readonly int First = FuzzSetting.FirstSeed;
    private static readonly int Count = FuzzSetting.ModelCount(2000);

    [Fact]
    public void Random_models_agree_with_the_oracle()
    {
        TimeSpan begin = Environment.CpuUsage.TotalTime;
        var failures = new Dictionary<ProgramDeclaration, FuzzFailure>();
        int buffers = 0;
        IEnumerable<int[]> batches =
            Enumerable.Range(First, Count).GroupBy(FuzzBatch.OptionsOf).SelectMany(group => group.Chunk(ModelsPerCompilation));
        Parallel.ForEach(batches, seeds =>
        {
            (Dictionary<ProgramDeclaration, FuzzFailure> found,
                int compared) = FuzzBatch.Run([.. seeds.Select(ProgramDrawer.Draw)], TrialsPerModel);
            lock (failures)
            {
                buffers += compared;
                foreach ((ProgramDeclaration program, FuzzFailure failure) in found)
                {
                    failures.Add(program, failure);
                }
            }
        });

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Count} models from seed {First}, {buffers} buffers compared, "
                + $"{(Environment.CpuUsage.TotalTime - begin).TotalSeconds:F1} s of processor time, {failures.Count} failed"));
        Assert.True(failures.Count == 0, Report(failures));
        Assert.True(buffers > Count, "The models hold next to no gradients: nothing was tested.");
    }

    private static string Report(Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        IEnumerable<string> byKind = failures.GroupBy(pair => pair.Value.Kind).OrderByDescending(group => group.Count()).Select(
            group => $"{group.Count()} × {group.Key}: seeds {string.Join(", ", group.Take(10).Select(pair => pair.Key.Seed))}");
        IEnumerable<string> shown = failures.GroupBy(pair => pair.Value.Kind).OrderByDescending(group => group.Count())
            .Take(ShownFailures).Select(group => Describe(group.First().Key, group.First().Value));
        return string.Join("\n", byKind) + "\n\n" + string.Join("\n\n", shown);
    }

    private static string Describe(ProgramDeclaration program, FuzzFailure failure)
    {
        ProgramDeclaration smallest = ProgramShrinking.Shrink(program, smaller => FailureOf(smaller)?.Kind == failure.Kind);
        return $"Seed {program.Seed} (CLIPGEN_FUZZ_SEED={program.Seed} CLIPGEN_FUZZ_MODELS=1): "
            + $"{(FailureOf(smallest) ?? failure).Message}\n{ProgramWriter.WriteAll(smallest)}";
    }

    private static FuzzFailure? FailureOf(ProgramDeclaration program)
    {
        try
        {
            return FuzzBatch.Run([program], TrialsWhenShrinking).Failures.GetValueOrDefault(program);
        }
        catch (Exception exception)
        {
            // The shrunk program is invalid, or the fuzzer itself failed.
            return new FuzzFailure("fuzzer " + exception.GetType().Name, exception.Message);
        }
    }
}
