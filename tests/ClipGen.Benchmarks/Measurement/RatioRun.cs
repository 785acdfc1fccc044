using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>Measures all cases, in this process or in one with a setting of the runtime.</summary>
public static class RatioRun
{
    /// <summary>The option that makes a process only write its report to a file.</summary>
    public const string ReportOption = "--report";

    /// <summary>The widest vectors that this process uses.</summary>
    public static string InstructionSet =>
        Vector512.IsHardwareAccelerated ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : $"{(Vector256.IsHardwareAccelerated ? 256 : 128)}-bit vectors";

    /// <summary>Measures every model in this process, with and without clipping needed.</summary>
    /// <param name="owners">The owners of the gradients. Each is a part of the report.</param>
    /// <param name="shapes">The models.</param>
    /// <param name="seconds">The time for all models, without warm-up.</param>
    /// <param name="progress">Receives the name of the next case.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static RatioReport Here(
        IReadOnlyList<GradientOwner> owners, IReadOnlyList<ModelShape> shapes, double seconds, Action<string> progress,
        CancellationToken cancellation)
    {
        // A round takes more than a second for the large models, and a few milliseconds for all others.
        double weights = owners.Count * shapes.Sum(Weight);
        var cases = new List<CaseResult>();
        foreach (GradientOwner owner in owners)
        {
            foreach (ModelShape shape in shapes)
            {
                foreach (bool clippingNeeded in new[] { true, false })
                {
                    progress($"{shape.Name} in {Describe(owner)}, clipping {(clippingNeeded ? "needed" : "not needed")}, {InstructionSet}");
                    TimeSpan budget = TimeSpan.FromSeconds(seconds * Weight(shape) / weights / 2);
                    cases.Add(PairedMeasurement.Run(owner, shape, clippingNeeded, budget, cancellation));

                    // Frees the memory of one model before the next one is created.
                    GC.Collect();
                }
            }
        }

        return new RatioReport(InstructionSet, cases);
    }

    /// <summary>Measures in a separate process with a setting of the runtime.</summary>
    public static RatioReport With(
        RuntimeSetting setting, IReadOnlyList<GradientOwner> owners, IReadOnlyList<ModelShape> shapes, double seconds,
        CancellationToken cancellation)
    {
        string path = Path.GetTempFileName();
        try
        {
            int exitCode = SameProgram.Run(
                [
                    "ratios", "--over", string.Join(',', owners), "--models", string.Join(',', shapes.Select(shape => shape.Name)),
                    "--seconds", FormattableString.Invariant($"{seconds}"),
                    ReportOption, path,
                ],
                setting.Variable,
                setting.Value,
                cancellation);
            if (exitCode != 0) throw new InvalidOperationException($"The measurement '{setting.Name}' ended with exit code {exitCode}.");
            var report = RatioReport.Read(path);
            return report with { Configuration = report.Configuration + setting.Suffix };
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The names of the owners in the reports.</summary>
    public static string Describe(GradientOwner owner) => owner == GradientOwner.Arrays ? "arrays" : "TorchSharp's parameters";

    /// <summary>The share of the time that a model gets.</summary>
    internal static double Weight(ModelShape shape) => shape.IsBeyondCaches ? 4 : 1;
}
