using System.Diagnostics;
using Spectre.Console;

namespace TorchCharLstm;

/// <summary>One run of the program: the trials with their progress, then the table, a sample, the chart and the conclusion.</summary>
public static class Session
{
    /// <summary>Runs the requested experiment.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        if (Libtorch.WhyNot is { } reason)
            return Fail(reason);
        try
        {
            settings.Output.Create();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail($"--output: {exception.Message}");
        }

        IAnsiConsole console = AnsiConsole.Console;

        // A file has no width, and Spectre would wrap lines at 80 columns.
        if (Console.IsOutputRedirected)
            console.Profile.Width = 160;
        var watch = Stopwatch.StartNew();
        var experiment = new Experiment(settings);
        console.WriteLine($"{experiment.Trials.Count} networks, {settings.Steps} steps each: "
            + $"{settings.Seeds} seeds, with and without clipping.");
        Report report;
        try
        {
            report = new Report(experiment.Run(result => console.WriteLine(Describe(result)), cancellation));
        }
        catch (OperationCanceledException)
        {
            return Fail("Cancelled.", exitCode: 130);
        }

        console.WriteLine();
        console.Write(report.CreateTable());
        console.WriteLine("* the best learning rate of the side. One number for each seed.");
        if (settings.SampleLength > 0)
        {
            console.WriteLine();
            console.WriteLine("Text by the first clipped network:");
            console.WriteLine(report.Best(clipped: true)[0].Sample);
        }

        string chart = Path.Combine(settings.Output.FullName, "torch-char-lstm-norms.png");
        NormChart.Save(report, chart);
        console.WriteLine();
        console.WriteLine($"written: {chart}");
        console.WriteLine($"{experiment.Trials.Count} networks in {watch.Elapsed.TotalSeconds:f0} s");
        console.WriteLine(report.Conclusion);
        return 0;
    }

    private static string Describe(TrialResult result) =>
        $"{(result.Trial.Clipped ? "with clipping   " : "without clipping")}  rate {result.Trial.LearningRate,-5}  seed "
        + $"{result.Trial.Seed}: {result.Steps.Count} steps, loss {result.Steps[^1].Loss:f3}, closing tags predicted "
            + $"{result.ClosingTags:p0}";

    private static int Fail(string message, int exitCode = 1)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
