using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Reports;
using Spectre.Console;
using TorchCharLstm;

namespace ClipGen.Benchmarks;

/// <summary>The arguments of the command line.</summary>
/// <param name="Owners">The owners of the gradients.</param>
/// <param name="Models">The models.</param>
/// <param name="Seconds">The time to measure, without warm-up.</param>
/// <param name="InDefault">Whether to measure in the default configuration of the runtime.</param>
/// <param name="Settings">Other configurations to measure in.</param>
/// <param name="Docs">The folder to write to, or null to write nothing.</param>
/// <param name="Report">The path of the report for the process that started this one, or null.</param>
public sealed record RatioRequest(
    IReadOnlyList<GradientOwner> Owners, IReadOnlyList<ModelShape> Models, double Seconds, bool InDefault,
    IReadOnlyList<RuntimeSetting> Settings, DirectoryInfo? Docs, FileInfo? Report);

/// <summary>One run of the paired mode, which measures, prints and writes.</summary>
public static class RatioSession
{
    /// <summary>Runs the mode.</summary>
    public static void Run(RatioRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<GradientOwner> owners = request.Owners;
        if (request.Report is { } file)
        {
            RatioRun.Here(owners, request.Models, request.Seconds, Announce, cancellation).Write(file.FullName);
            return;
        }

        if (Libtorch.WhyNot is { } reason)
        {
            Console.Error.WriteLine($"Without TorchSharp: {reason}");
            owners = [.. owners.Where(owner => owner != GradientOwner.Torch)];
        }

        var reports = new List<RatioReport>();
        if (request.InDefault) reports.Add(RatioRun.Here(owners, request.Models, request.Seconds, Announce, cancellation));

        // For models limited by memory traffic, the code does not matter. A short table is enough next to the full one.
        IReadOnlyList<ModelShape> shapes =
            request.InDefault ? [.. request.Models.Where(shape => !shape.IsBeyondCaches)] : request.Models;
        double seconds = request.InDefault ? request.Seconds / 5 : request.Seconds;
        foreach (RuntimeSetting setting in request.Settings)
        {
            if (shapes.Count > 0) reports.Add(RatioRun.With(setting, owners, shapes, seconds, cancellation));
        }

        // A file has no width, and Spectre would wrap the tables at 80 columns.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;

        foreach (RatioReport report in reports) RatioTable.Print(AnsiConsole.Console, report);

        if (request.Docs is { } docs)
        {
            string images = Path.Combine(docs.FullName, "images");
            Directory.CreateDirectory(images);
            string page = Path.Combine(docs.FullName, "benchmarks.md");
            string chart = Path.Combine(images, "benchmarks.png");
            File.WriteAllText(page, MarkdownPage.Create(reports));
            Console.WriteLine($"written: {page}");
            if (owners.Contains(GradientOwner.Arrays))
            {
                RatioChart.Save(reports[0], chart);
                Console.WriteLine($"written: {chart}");
            }
        }
    }

    private static void Announce(string what) => Console.Error.WriteLine(what);
}
