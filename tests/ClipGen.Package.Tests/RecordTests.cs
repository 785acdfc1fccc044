namespace ClipGen.Package.Tests;

/// <summary>A project that references the package trains and records, and its next build reports the findings of the record.</summary>
public sealed class RecordTests(PackageFeed feed)
{
    private const string Program =
        """
        using ClipGen;
        using ClipGen.Optimizers;

        var net = new Net();
        var optimizer = new Sgd(0);
        using NormRecorder run = NormRecorder.Start("lstm");
        for (int step = 1; step <= 200; step++)
        {
            net.DW[0] = step;
            optimizer.ClipAndStep(net);
            float[] dB = [0.03f * step];
            Gradients.ClipNorm(Limits.OfBias, dB);
        }

        run.Save(args[0]);

        [ClipGradNorm(0.25)]
        public sealed partial class Net
        {
            [Parameter(Gradient = nameof(DW))] private readonly float[] _w = new float[4];
            public readonly float[] DW = new float[4];
        }

        """;

    private const string Limits =
        """
        public static class Limits
        {
            public const double OfBias = 1000;
        }

        """;

    private const string Small = "Program.cs(17,15): warning CLIP201: The limit 0.25 clipped 100 % of the 200 steps of the run 'lstm', "
        + "whose norms were: median ";

    private const string Large = "Program.cs(12,24): warning CLIP202: The limit 1000";

    [Fact]
    public void A_run_is_recorded_and_the_next_build_quotes_it()
    {
        ConsumerProject project = Create();
        CommandRun first = project.Build().AssertSucceeded();
        Assert.Contains("0 Warning(s)", first.Output, StringComparison.Ordinal);
        project.Dotnet("bin/Debug/net10.0/Consumer.dll lstm.clipgen.json").AssertSucceeded();

        CommandRun second = project.Dotnet("build --no-restore").AssertSucceeded();
        Assert.Contains(Small, second.Output, StringComparison.Ordinal);
        Assert.Contains("largest 200. The run suggests ", second.Output, StringComparison.Ordinal);
        Assert.Contains(Large, second.Output, StringComparison.Ordinal);
        Assert.Contains("(https://github.com/clipgen/clipgen/blob/main/docs/rules/CLIP201.md)", second.Output, StringComparison.Ordinal);
        Assert.Contains("2 Warning(s)", second.Output, StringComparison.Ordinal);

        project.Dotnet("format analyzers --no-restore --diagnostics CLIP201 CLIP202 --severity warn").AssertSucceeded();
        Assert.DoesNotContain("ClipGradNorm(0.25)", project.Read("Program.cs"), StringComparison.Ordinal);
        Assert.Contains("Gradients.ClipNorm(Limits.OfBias, dB)", project.Read("Program.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain("1000", project.Read("Limits.cs"), StringComparison.Ordinal);
        Assert.Contains("0 Warning(s)", project.Dotnet("build --no-restore").AssertSucceeded().Output, StringComparison.Ordinal);

        // The model has another gradient now, so that the record is not of this model. That is no warning.
        project.Write("Program.cs", Program.Replace("_w = new", "_v = new", StringComparison.Ordinal)
            .Replace("DW[0]", "DV[0]", StringComparison.Ordinal).Replace("nameof(DW)", "nameof(DV)", StringComparison.Ordinal)
            .Replace("float[] DW", "float[] DV", StringComparison.Ordinal));
        Assert.DoesNotContain("CLIP201", project.Dotnet("build --no-restore").AssertSucceeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Severities_and_the_project_decide_what_is_said()
    {
        ConsumerProject project = Create();
        project.Build().AssertSucceeded();
        project.Dotnet("bin/Debug/net10.0/Consumer.dll lstm.clipgen.json").AssertSucceeded();

        project.Write(
            ".editorconfig",
            "root = true\n[*.cs]\ndotnet_diagnostic.CLIP201.severity = error\ndotnet_diagnostic.CLIP202.severity = none\n");
        CommandRun strict = project.Dotnet("build --no-restore").AssertFailed();
        Assert.Contains(Small.Replace("warning", "error", StringComparison.Ordinal), strict.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CLIP202", strict.Output, StringComparison.Ordinal);

        CommandRun without = project.Dotnet("build --no-restore -p:EnableClipGenRecords=false").AssertSucceeded();
        Assert.Contains("0 Warning(s)", without.Output, StringComparison.Ordinal);

        project.Write("lstm.clipgen.json", "{ \"clipgen\": 1, ")
            .Write(".editorconfig", "root = true\n[*.json]\ndotnet_diagnostic.CLIP204.severity = warning\n")
            .Write(".globalconfig", "is_global = true\ndotnet_diagnostic.CLIP204.severity = warning\n");
        CommandRun broken = project.Dotnet("build --no-restore").AssertSucceeded();
        Assert.Contains(
            "warning CLIP204: The record 'lstm.clipgen.json' is not used: it is cut off or is not JSON", broken.Output,
            StringComparison.Ordinal);
    }

    private ConsumerProject Create() => feed.CreateProject()
        .WriteProject("<OutputType>Exe</OutputType>")
        .Write("Program.cs", Program)
        .Write("Limits.cs", Limits);
}
