namespace ClipGen.Package.Tests;

/// <summary>The sample NativeAot in a project of a user, compiled ahead of time. Requires the C toolchain that .NET uses to link.</summary>
public sealed class NativeAotTests(PackageFeed feed)
{
    private const string Suggestion = "ClipGen: Consumer is compiled for processors without 256-bit vectors.";

    [Fact]
    public void Ahead_of_time_clipping_gives_the_bits_of_the_JIT_on_every_instruction_set()
    {
        ConsumerProject project = feed.CreateProject().WriteProject(
            "<OutputType>Exe</OutputType><PublishAot>true</PublishAot><InvariantGlobalization>true</InvariantGlobalization>"
            + "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
        foreach (string source in Directory.GetFiles(Path.Combine(PackageFeed.RepositoryRoot, "samples", "NativeAot"), "*.cs"))
        {
            project.Write(Path.GetFileName(source), File.ReadAllText(source));
        }

        CommandRun plain = project.Dotnet("publish --use-current-runtime -o plain").AssertSucceeded();
        CommandRun native = project.Dotnet("publish --use-current-runtime --no-restore -o native -p:IlcInstructionSet=native")
            .AssertSucceeded();
        project.Dotnet("build --no-restore -o jit").AssertSucceeded();
        string expected = project.Dotnet("jit/Consumer.dll").AssertSucceeded().Output;

        Assert.DoesNotContain("warning", plain.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Suggestion, plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Suggestion, native.Output, StringComparison.Ordinal);
        Assert.Equal(21, expected.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("clipped", expected, StringComparison.Ordinal);
        Assert.Equal(expected, project.Run("plain/Consumer").AssertSucceeded().Output);
        Assert.Equal(expected, project.Run("native/Consumer").AssertSucceeded().Output);
    }
}
