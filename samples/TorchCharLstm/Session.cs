using System.Diagnostics;
using ClipGen;
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
        using NormRecorder run = NormRecorder.Start("torch-char-lstm");
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

        console.WriteLine();
        foreach (string path in Write(report, run, settings.Output))
            console.WriteLine($"written: {path}");
        foreach (LimitRecommendation recommendation in run.Recommendations)
            console.WriteLine($"the run suggests {recommendation}");
        console.WriteLine($"{experiment.Trials.Count} networks in {watch.Elapsed.TotalSeconds:f0} s");
        console.WriteLine(report.Conclusion);
        return 0;
    }

    // The page and the record are of the clipped networks: a recorder sees what is clipped.
    private static string[] Write(Report report, NormRecorder run, DirectoryInfo folder)
    {
        string chart = Path.Combine(folder.FullName, "torch-char-lstm-norms.png");
        string page = Path.Combine(folder.FullName, "torch-char-lstm.html");
        string record = Path.Combine(folder.FullName, "torch-char-lstm.clipgen.json");
        NormChart.Save(report, chart);
        run.WriteReport(page);
        run.Save(record);
        return [chart, page, record];
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
