using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace TemporalOrder.Tests;

/// <summary>The numbers on the pages are those of the default run of the program.</summary>
public sealed class DefaultRunTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void The_default_run_ends_as_the_pages_say()
    {
        ExperimentReport report = RunWhatDecides(ExperimentSettings.Default, TestContext.Current.CancellationToken);

        Assert.Equal("solved: with clipping 15/15, without 7/15", report.Conclusion);
        Assert.Contains(report.Conclusion, Page("README.md"), StringComparison.Ordinal);
        Assert.Contains(report.Conclusion, Page("README.vi.md"), StringComparison.Ordinal);
        Assert.Contains("ends in 15/15 against 7/15", Page("samples/TemporalOrder/README.md"), StringComparison.Ordinal);
    }

    // Each side counts with its best learning rate. If one learning rate solves a length for all seeds, the other learning rates need not
    // run.
    private static ExperimentReport RunWhatDecides(ExperimentSettings settings, CancellationToken cancellation)
    {
        var results = new ConcurrentBag<TrialResult>();
        foreach (double learningRate in settings.LearningRates.Reverse())
        {
            var report = new ExperimentReport(settings, [.. results]);
            Trial[] trials =
            [
                .. settings.Trials().Where(trial => trial.LearningRate.Equals(learningRate)
                    && report.Solved(trial.Length, report.BestLearningRate(trial.Length, trial.Clipping), trial.Clipping) < settings.Seeds),
            ];
            Parallel.ForEach(
                Partitioner.Create(trials, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { CancellationToken = cancellation },
                trial => results.Add(trial.Clipping == Clipping.With
                    ? Trainer.TrainWithClipping(trial, settings.StepBudget, settings.Limit, cancellation)
                    : Trainer.TrainWithoutClipping(trial, settings.StepBudget, cancellation)));
        }

        return new ExperimentReport(settings, [.. results]);
    }

    // Replaces line breaks in a paragraph by spaces.
    private static string Page(string path) => Regex.Replace(File.ReadAllText(Path.Combine(Root, path)), @"\s+", " ");

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ClipGen.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
