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
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());

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
            return Cancelled();
        }

        console.WriteLine();
        console.Write(ReportTable.Create(report));
        console.WriteLine(ReportTable.Legend);
        console.WriteLine();
        try
        {
            foreach (string path in ResultFiles.Write(report, request.Output)) Console.WriteLine($"written: {path}");

            if (request.Records) Record(report, request.Output, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Cancelled();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"--output: {exception.Message}");
            return 1;
        }

        Console.WriteLine($"{report.Results.Count} trials in {watch.Elapsed.TotalSeconds:f0} s");
        Console.WriteLine(report.Conclusion);
        return 0;
    }

    // The trial of the norm chart. It is trained again, because the trials of the experiment run at the same time, and a recorder would
    // record them together.
    private static void Record(ExperimentReport report, DirectoryInfo folder, CancellationToken cancellation)
    {
        Trial trial = GradientNormChart.Choose(report).With.Trial;
        RecordedTrial recorded = RecordedTrial.Train(trial, report.Settings, folder, cancellation);
        Console.WriteLine($"recorded: {RecordedTrial.Describe(trial, report.Settings)}, {recorded.Result.Steps} steps");
        foreach (string path in recorded.Files) Console.WriteLine($"written: {path}");

        Console.WriteLine(recorded.Recommendation is { } recommendation
            ? $"the run suggests {recommendation}"
            : "the run suggests no limit, because it has no positive and finite norm");
    }

    private static int Cancelled()
    {
        Console.Error.WriteLine("Cancelled.");
        return 130;
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
