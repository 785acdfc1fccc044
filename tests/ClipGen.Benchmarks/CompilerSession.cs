using ClipGen.Benchmarks.Compiler;
using ClipGen.Benchmarks.Measurement;
using Spectre.Console;

namespace ClipGen.Benchmarks;

/// <summary>One run of the compiler mode: the generators interleaved, round by round.</summary>
public static class CompilerSession
{
    // Warm-up rounds, in which the JIT compiles the compiler and the generators.
    private const int WarmUpRounds = 3;
    private const int WarmUpTypes = 50;

    // The compiler in the package is not precompiled. With tiered compilation, a run would end before half of its code is optimized.
    private const string Tiers = "DOTNET_TieredCompilation";

    /// <summary>Measures and prints.</summary>
    /// <param name="types">The number of annotated types.</param>
    /// <param name="rounds">The number of measurements of each package.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static void Run(int types, int rounds, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(Tiers) == "0")
        {
            RunHere(types, rounds, cancellation);
        }
        else if (SameProgram.Run(["compiler", "--types", $"{types}", "--rounds", $"{rounds}"], Tiers, "0", cancellation) is not 0
            and int exitCode)
        {
            throw new InvalidOperationException($"The measurement ended with exit code {exitCode}.");
        }
    }

    private static void RunHere(int types, int rounds, CancellationToken cancellation)
    {
        IReadOnlyList<GeneratorPackage> packages = GeneratorPackage.LoadAll();
        var emittedAgain = new List<int>();
        foreach (GeneratorPackage package in packages)
        {
            var small = new GeneratorProject(package, WarmUpTypes);
            small.Check(cancellation);
            emittedAgain.Add(small.CountEmittedAgain(cancellation));
            for (int round = 0; round < WarmUpRounds; round++) small.Measure(cancellation);
        }

        if (emittedAgain[0] > 0)
        {
            throw new InvalidOperationException(
            $"{packages[0].Name} emitted {emittedAgain[0]} files again after an unrelated edit.");
        }

        GeneratorProject[] projects = [.. packages.Select(package => new GeneratorProject(package, types))];
        var random = new Random(7);
        int[] order = [.. Enumerable.Range(0, projects.Length)];
        List<(TimeSpan Cold, TimeSpan Edit)>[] times = [.. projects.Select(_ => new List<(TimeSpan, TimeSpan)>())];
        for (int round = 0; round < rounds; round++)
        {
            random.Shuffle(order);
            Console.Error.WriteLine($"round {round + 1} of {rounds}");
            foreach (int index in order)
            {
                cancellation.ThrowIfCancellationRequested();
                times[index].Add(projects[index].Measure(cancellation));
            }
        }

        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;

        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            new TableColumn($"{types} types of 10 members, {rounds} rounds").NoWrap().PadLeft(0),
            Column("cold run, ms"), Column("times ClipGen's"), Column("unrelated edit, ms"), Column("times ClipGen's"),
            Column($"emitted again of {WarmUpTypes}"));
        for (int index = 0; index < projects.Length; index++)
        {
            table.AddRow(
                projects[index].Name,
                Cell(times[index].Select(time => time.Cold.TotalMilliseconds)),
                Cell(times[index].Zip(times[0], (mine, ours) => mine.Cold / ours.Cold)),
                Cell(times[index].Select(time => time.Edit.TotalMilliseconds)),
                Cell(times[index].Zip(times[0], (mine, ours) => mine.Edit / ours.Edit)),
                $"{emittedAgain[index]}");
        }

        AnsiConsole.Console.Write(table);
        AnsiConsole.Console.WriteLine("Median and quartiles. Above one, ClipGen is faster.");
    }

    private static TableColumn Column(string header) => new TableColumn(header).RightAligned().NoWrap();

    private static string Cell(IEnumerable<double> values) => Spread.Of(values).ToString("0.00");
}
