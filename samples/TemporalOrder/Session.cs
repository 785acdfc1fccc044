using System.Diagnostics;
using Spectre.Console;

namespace TemporalOrder;

/// <summary>One run of the program: the experiment with its progress, then table, charts and conclusion.</summary>
public static class Session
{
    /// <summary>Runs the requested experiment.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Request request, CancellationToken cancellation)
    {
        IAnsiConsole console = AnsiConsole.Console;

        // A file has no width, and Spectre would wrap the table at 80 columns.
        if (Console.IsOutputRedirected) console.Profile.Width = 120;

        int threads = Environment.ProcessorCount;
        Announce(console, request.Settings, threads);
        var watch = Stopwatch.StartNew();
        ExperimentReport report;
        try
        {
            report = ExperimentProgress.Show(
                console,
                request.Settings,
                finished => Experiment.Run(request.Settings, threads, finished, cancellation));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Cancelled.");
            return 130;
        }

        console.WriteLine();
        console.Write(ReportTable.Create(report));
        console.WriteLine(ReportTable.Legend);
        console.WriteLine();
        foreach (string path in ResultFiles.Write(report, request.Output)) Console.WriteLine($"written: {path}");

        Console.WriteLine($"{report.Results.Count} trials in {watch.Elapsed.TotalSeconds:f0} s");
        Console.WriteLine(report.Conclusion);
        return 0;
    }

    private static void Announce(IAnsiConsole console, ExperimentSettings settings, int threads)
    {
        int trials = settings.Trials().Count;
        console.WriteLine(
            $"Temporal order: {settings.Cell} with {settings.Optimizer}; lengths {string.Join(", ", settings.Lengths)}; learning rates "
            + $"{string.Join(", ", settings.LearningRates)}; {settings.Seeds} seeds; limit {settings.Limit}.");
        console.WriteLine($"{trials} trials of at most {settings.StepBudget} steps, with and without clipping, {threads} at a time.");
        console.WriteLine();
    }
}
