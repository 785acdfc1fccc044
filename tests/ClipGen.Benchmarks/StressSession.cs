using System.Globalization;
using ClipGen.Benchmarks.Compiler.Stress;
using ClipGen.Benchmarks.Measurement;
using Microsoft.CodeAnalysis;
using Spectre.Console;

namespace ClipGen.Benchmarks;

/// <summary>
/// One run of the stress mode: the time of the analyzers and the generator for programs that are large in one way only. The run fails if
/// one exceeds the bound.
/// </summary>
public static class StressSession
{
    /// <summary>The largest ratio of the time of a run to that with an analyzer that does nothing.</summary>
    private const double MostTimes = 2;

    /// <summary>
    /// The largest difference in seconds between a run and one with an analyzer that does nothing, and the largest time of the generator.
    /// </summary>
    private const double MostSeconds = 2;

    /// <summary>Shorter times, in seconds, are too inaccurate to compare.</summary>
    private const double Noise = 0.05;

    private const int WarmUpSize = 30;

    // As in the compiler mode: with tiered compilation, a run would end before its code is optimized.
    private const string Tiers = "DOTNET_TieredCompilation";

    /// <summary>Measures and prints.</summary>
    /// <param name="shapes">A part of the names of the shapes to measure; all, if empty.</param>
    /// <param name="scale">The size of the shapes, relative to their usual size.</param>
    /// <param name="rounds">The number of measurements of each.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InvalidOperationException">A shape exceeds the bound.</exception>
    public static void Run(string shapes, double scale, int rounds, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(Tiers) == "0")
            RunHere(shapes, scale, rounds, cancellation);
        else if (SameProgram.Run(Arguments(shapes, scale, rounds), Tiers, "0", cancellation) is not 0 and int exitCode)
            throw new InvalidOperationException($"The measurement ended with exit code {exitCode}.");
    }

    private static string[] Arguments(string shapes, double scale, int rounds) =>
        ["analyzers", "stress", "--shapes", shapes, "--scale", scale.ToString(CultureInfo.InvariantCulture), "--rounds", $"{rounds}"];

    private static void RunHere(string shapes, double scale, int rounds, CancellationToken cancellation)
    {
        var project = new StressProject();
        StressShape[] chosen = [.. StressShape.All
            .Where(shape => shape.Name.Contains(shapes, StringComparison.OrdinalIgnoreCase))
            .Select(shape => shape with { Size = Math.Max(1, (int)(scale * shape.Size)) })];
        if (chosen.Length == 0) throw new InvalidOperationException($"--shapes: no shape has '{shapes}' in its name.");

        foreach (StressShape shape in chosen) WarmUp(project, shape, cancellation);

        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;

        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            new TableColumn($"{rounds} rounds").NoWrap().PadLeft(0),
            Column("an idle analyzer, s"), Column("with ClipGen's, s"), Column("times"), Column("generator, s"), Column("found"),
            new TableColumn("longest").NoWrap());
        int beyond = 0;
        foreach (StressShape shape in chosen)
        {
            cancellation.ThrowIfCancellationRequested();
            beyond += AddRow(table, project, shape, rounds, cancellation) ? 0 : 1;
        }

        AnsiConsole.Console.Write(table);
        AnsiConsole.Console.WriteLine($"Processor time, the shortest of the rounds, analysis on one thread. The bound: {MostTimes} times, "
            + $"and {MostSeconds} s more; {MostSeconds} s for the generator.");
        if (beyond > 0) throw new InvalidOperationException($"{beyond} of {chosen.Length} programs are beyond the bound.");
    }

    private static void WarmUp(StressProject project, StressShape shape, CancellationToken cancellation)
    {
        StressProgram program = project.Prepare(shape, Math.Min(shape.Size, WarmUpSize), cancellation);
        if (project.FindErrors(program, cancellation)
            .FirstOrDefault() is { } error)
        {
            throw new InvalidOperationException($"{shape.Name}: {error}");
        }

        project.Analyze(program, withClipGen: true, cancellation);
    }

    /// <returns>True if the shape is within the bound.</returns>
    private static bool AddRow(Table table, StressProject project, StressShape shape, int rounds, CancellationToken cancellation)
    {
        double generator = double.PositiveInfinity;
        double idle = double.PositiveInfinity;
        StressRun? best = null;
        for (int round = 0; round < rounds; round++)
        {
            StressProgram program = project.Prepare(shape, shape.Size, cancellation);
            generator = Math.Min(generator, program.Generator.TotalSeconds);
            idle = Math.Min(idle, project.Analyze(program, withClipGen: false, cancellation).Time.TotalSeconds);
            StressRun run = project.Analyze(program, withClipGen: true, cancellation);
            if (best is null || run.Time < best.Time) best = run;
        }

        double all = best!.Time.TotalSeconds;
        bool isWithin = all <= (MostTimes * idle) + Noise && all - idle <= MostSeconds && generator <= MostSeconds;
        (string longest, TimeSpan time) = best.Analyzers.Where(each => each.Key != "IdleAnalyzer").MaxBy(each => each.Value);
        string mark = isWithin ? "" : "  beyond the bound";
        string[] cells =
        [
            $"{shape.Size} {shape.Name}{mark}", Text(idle), Text(all), (all / idle).ToString("0.0", CultureInfo.InvariantCulture),
            Text(generator),
            $"{best.Findings}", $"{longest} {Text(time.TotalSeconds)}",
        ];
        Console.Error.WriteLine(string.Join("  ", cells));
        table.AddRow(cells);
        return isWithin;
    }

    private static TableColumn Column(string header) => new TableColumn(header).RightAligned().NoWrap();

    private static string Text(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);
}
