using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using Spectre.Console;

namespace ClipGen.Benchmarks;

/// <summary>
/// The first calls of a process, most of which run before the JIT optimizes. Each contender clips each model in separate processes.
/// </summary>
public static class StartSession
{
    /// <summary>The option that makes a process measure one contender and write to a file.</summary>
    public const string ReportOption = "--report";

    private const int Calls = 100;

    // The norm exceeds the limit in every call, because the limit decreases by at least one percent.
    private const double FirstLimit = 1e-3;

    private static readonly string[] Names = [GeneratedCode.OneThread, "scalar loop", "TensorPrimitives loop"];

    /// <summary>Measures in separate processes, and prints medians.</summary>
    /// <param name="models">The models.</param>
    /// <param name="processes">The number of processes for each contender.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static void Run(IReadOnlyList<ModelShape> models, int processes, CancellationToken cancellation)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumns("model", "contender", "first call", $"calls 2 to {Calls}", "all");
        foreach (ModelShape model in models)
        {
            foreach (string name in Names)
            {
                StartTimes[] times = [.. Enumerable.Range(0, processes).Select(_ => InProcess(model, name, cancellation))];
                table.AddRow(
                    model.Name, name, Median(times, time => time.First), Median(times, time => time.Others),
                    Median(times, time => time.First + time.Others));
            }
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Measures one contender in this process.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The name of the contender.</param>
    /// <param name="report">The file for the times.</param>
    public static void Here(ModelShape model, string name, FileInfo report)
    {
        IBenchmarkModel filled = ModelShape.Fill(model.Create());
        using Contender contender = name switch
        {
            GeneratedCode.OneThread => new GeneratedCode(filled, threads: 1, name),
            "scalar loop" => new ScalarLoop([.. filled.Gradients]),
            _ => new TensorPrimitivesLoop([.. filled.Gradients]),
        };
        contender.Prepare();
        long start = Stopwatch.GetTimestamp();
        contender.Clip(FirstLimit);
        double first = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        start = Stopwatch.GetTimestamp();
        for (int call = 1; call < Calls; call++) contender.Clip(FirstLimit / (call + 1));

        double others = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        File.WriteAllText(report.FullName, JsonSerializer.Serialize(new StartTimes(first, others)));
    }

    private static StartTimes InProcess(ModelShape model, string name, CancellationToken cancellation)
    {
        string path = Path.GetTempFileName();
        try
        {
            int exitCode = SameProgram.Run(
                ["start", "--models", model.Name, "--contender", name, ReportOption, path], "DOTNET_TieredCompilation", "1", cancellation);
            return exitCode == 0
                ? JsonSerializer.Deserialize<StartTimes>(File.ReadAllText(path))
                    ?? throw new InvalidDataException($"'{path}' holds no times.")
                : throw new InvalidOperationException($"The measurement of '{name}' ended with exit code {exitCode}.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Median(StartTimes[] times, Func<StartTimes, double> value) =>
        string.Create(CultureInfo.InvariantCulture, $"{Spread.Of(times.Select(value)).Median:#,0} µs");

    private sealed record StartTimes(double First, double Others);
}
