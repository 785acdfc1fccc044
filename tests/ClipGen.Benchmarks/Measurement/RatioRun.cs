using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>All cases, here or in a process with a setting of the runtime.</summary>
public static class RatioRun
{
    /// <summary>The option that makes a process write its report to a file and nothing else.</summary>
    public const string ReportOption = "--report";

    /// <summary>The widest vectors that this process computes with.</summary>
    public static string InstructionSet =>
        Vector512.IsHardwareAccelerated ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : $"{(Vector256.IsHardwareAccelerated ? 256 : 128)}-bit vectors";

    /// <summary>Measures every model in this process, with clipping needed and not.</summary>
    /// <param name="owners">What holds the gradients; one part of the report each.</param>
    /// <param name="shapes">The models.</param>
    /// <param name="seconds">The time to spend on all of them, warm-up apart.</param>
    /// <param name="progress">Is told what is measured next.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static RatioReport Here(
        IReadOnlyList<GradientOwner> owners, IReadOnlyList<ModelShape> shapes, double seconds, Action<string> progress,
        CancellationToken cancellation)
    {
        // A round of the large models takes over a second; of all others, a few milliseconds.
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

                    // The memory of one model is given back before the next takes its own.
                    GC.Collect();
                }
            }
        }

        return new RatioReport(InstructionSet, cases);
    }

    /// <summary>The same in a separate process with a setting of the runtime.</summary>
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

    /// <summary>What the reports call the holders of the gradients.</summary>
    public static string Describe(GradientOwner owner) => owner == GradientOwner.Arrays ? "arrays" : "TorchSharp's parameters";

    /// <summary>The share of the time that a model gets.</summary>
    internal static double Weight(ModelShape shape) => shape.IsBeyondCaches ? 4 : 1;
}
