using System.Text.RegularExpressions;

namespace TemporalOrder.Tests;

/// <summary>The figures that the pages give for the default run are those of the program.</summary>
public sealed class DefaultRunTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void The_default_run_ends_as_the_pages_say()
    {
        ExperimentReport report = Experiment.Run(
            ExperimentSettings.Default, Environment.ProcessorCount, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("solved: with clipping 15/15, without 7/15", report.Conclusion);
        Assert.Contains(report.Conclusion, Page("README.md"), StringComparison.Ordinal);
        Assert.Contains(report.Conclusion, Page("README.vi.md"), StringComparison.Ordinal);
        Assert.Contains("ends in 15/15 against 7/15", Page("samples/TemporalOrder/README.md"), StringComparison.Ordinal);
    }

    // Line breaks of a paragraph are spaces.
    private static string Page(string path) => Regex.Replace(File.ReadAllText(Path.Combine(Root, path)), @"\s+", " ");

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ClipGen.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
