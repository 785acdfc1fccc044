using ClipGen.Benchmarks.Compiler;
using ClipGen.Benchmarks.Measurement;
using Spectre.Console;

namespace ClipGen.Benchmarks;

/// <summary>
/// One run of the analyzers mode: the time that ClipGen's analyzers add to the compilation of a large project, for different references.
/// </summary>
public static class AnalyzerSession
{
    /// <summary>The bound: the largest share of the compile time for the analyzers' own code, in percent.</summary>
    private const double MostPercent = 3;

    private const int WarmUpRounds = 2;
    private const int WarmUpFiles = 200;

    // As in the compiler mode: with tiered compilation, a run would end before its code is optimized.
    private const string Tiers = "DOTNET_TieredCompilation";

    /// <summary>Measures and prints.</summary>
    /// <param name="files">The number of files in the project.</param>
    /// <param name="rounds">The number of measurements of each.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InvalidOperationException">The analyzers exceed the bound.</exception>
    public static void Run(int files, int rounds, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(Tiers) == "0")
        {
            RunHere(files, rounds, cancellation);
        }
        else if (SameProgram.Run(["analyzers", "--files", $"{files}", "--rounds", $"{rounds}"], Tiers, "0", cancellation) is not 0
            and int exitCode)
        {
            throw new InvalidOperationException($"The measurement ended with exit code {exitCode}.");
        }
    }

    private static void RunHere(int files, int rounds, CancellationToken cancellation)
    {
        foreach (AnalyzerProject small in Projects(WarmUpFiles))
        {
            small.Check(cancellation);
            for (int round = 0; round < WarmUpRounds; round++) small.Measure(cancellation);
        }

        AnalyzerProject[] projects = Projects(files);
        List<AnalyzerTimes>[] times = [.. projects.Select(_ => new List<AnalyzerTimes>())];
        for (int round = 0; round < rounds; round++)
        {
            Console.Error.WriteLine($"round {round + 1} of {rounds}");
            for (int index = 0; index < projects.Length; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                times[index].Add(projects[index].Measure(cancellation));
            }
        }

        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;

        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            new TableColumn($"{files} files, {rounds} rounds").NoWrap().PadLeft(0),
            Column("compile, ms"), Column("analyzers' own code, ms"), Column("% of compile"), Column("whole run longer, % of compile"));
        for (int index = 0; index < projects.Length; index++)
        {
            table.AddRow(
                projects[index].Name,
                Cell(times[index].Select(time => time.Compile.TotalMilliseconds), "0"),
                Cell(times[index].Select(time => time.Own.TotalMilliseconds), "0.0"),
                Cell(OwnPercents(times[index]), "0.00"),
                Cell(times[index].Select(time => 100 * ((time.All - time.Others) / time.Compile)), "0.0"));
        }

        AnsiConsole.Console.Write(table);
        AnsiConsole.Console.WriteLine("Median and quartiles, one thread. The whole run is compared with one of another analyzer that looks "
            + "at invocations.");
        for (int index = 0; index < projects.Length; index++)
        {
            double percent = Spread.Of(OwnPercents(times[index])).Median;
            if (percent > MostPercent)
            {
                throw new InvalidOperationException(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{projects[index].Name}: the analyzers take {percent:0.00} % of the compile time, and the bound is "
                    + $"{MostPercent:0.##} %."));
            }
        }
    }

    private static IEnumerable<double> OwnPercents(IEnumerable<AnalyzerTimes> times) =>
        times.Select(time => 100 * (time.Own / time.Compile));

    private static AnalyzerProject[] Projects(int files)
    {
        string clipGen = typeof(ClipGradNormAttribute).Assembly.Location;
        return
        [
            new("neither ClipGen nor TorchSharp", files),
            new("ClipGen", files, clipGen),
            new("ClipGen and TorchSharp", files, clipGen, typeof(TorchSharp.torch).Assembly.Location),
        ];
    }

    private static TableColumn Column(string header) => new TableColumn(header).RightAligned().NoWrap();

    private static string Cell(IEnumerable<double> values, string format) => Spread.Of(values).ToString(format);
}
