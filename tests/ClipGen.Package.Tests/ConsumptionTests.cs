namespace ClipGen.Package.Tests;

/// <summary>Projects that use the package as its users do: restored, built and run from the command line.</summary>
public sealed class ConsumptionTests(PackageFeed feed)
{
    private const string Program =
        """
        using ClipGen;

        var network = new Network();
        ClipResult result = network.ClipGradients();
        Console.WriteLine($"{result.TotalNorm} {result.Scale} {network.GradientNorm():F3} {string.Join(",", network.GradientNames)}");

        [ClipGradNorm(1.0)]
        public partial class Network
        {
            [Gradient] private readonly float[] _dW = [3, 4];
            private readonly List<Layer> _layers = [new()];
        }

        public partial class Layer
        {
            [Gradient] private readonly double[] _dBias = [0];
        }

        """;

    private const string Forgotten =
        """

        [ClipGradNorm(1.0)]
        public partial class Forgotten
        {
            public float[] Buffer = [];
        }

        """;

    [Fact]
    public void One_reference_gives_generated_code_on_both_frameworks()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject("<OutputType>Exe</OutputType><RollForward>Major</RollForward>", targets: "<TargetFrameworks>net8.0;net10.0</TargetFrameworks>")
            .Write("Program.cs", Program);

        CommandRun build = project.Dotnet("build").AssertSucceeded();

        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
        foreach (string framework in new[] { "net8.0", "net10.0" })
        {
            CommandRun run = project.Dotnet($"bin/Debug/{framework}/Consumer.dll").AssertSucceeded();
            Assert.Equal("5 0.2 1.000 _dW,_layers[0]._dBias", run.Output.Trim());
        }
    }

    [Fact]
    public void A_warning_carries_its_id_and_link_and_obeys_the_project()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject("<OutputType>Exe</OutputType>")
            .Write("Program.cs", Program + Forgotten);

        CommandRun build = project.Dotnet("build").AssertSucceeded();
        Assert.Contains("warning CLIP002: 'Forgotten' has a clip attribute but neither declares nor holds a gradient", build.Output, StringComparison.Ordinal);
        Assert.Contains("docs/rules/CLIP002.md", build.Output, StringComparison.Ordinal);

        CommandRun strict = project.Dotnet("build --no-incremental -p:TreatWarningsAsErrors=true").AssertFailed();
        Assert.Contains("error CLIP002", strict.Output, StringComparison.Ordinal);

        project.Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.CLIP002.severity = none\n");
        Assert.DoesNotContain("CLIP002", project.Dotnet("build --no-incremental").AssertSucceeded().Output, StringComparison.Ordinal);

        project.Write(".editorconfig", "root = true\n")
            .Write("Program.cs", "#pragma warning disable CLIP002\n" + Program + Forgotten);
        Assert.DoesNotContain("CLIP002", project.Dotnet("build --no-incremental").AssertSucceeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_fixes_what_is_not_partial()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject()
            .Write("Model.cs", "using ClipGen;\n\nnamespace Consumer;\n\n[ClipGradNorm(1.0)]\npublic class Network\n{\n    [Gradient] private readonly float[] _dW = [3, 4];\n}\n");

        Assert.Contains("error CLIP001", project.Dotnet("build").AssertFailed().Output, StringComparison.Ordinal);
        project.Dotnet("format analyzers --no-restore --diagnostics CLIP001 --severity error").AssertSucceeded();

        Assert.Contains("public partial class Network", project.Read("Model.cs"), StringComparison.Ordinal);
        project.Dotnet("build").AssertSucceeded();
    }

    [Fact]
    public void Two_projects_that_see_each_others_internals_both_reference_the_package()
    {
        ConsumerProject project = feed.CreateProject();
        project.WriteProject(items: "<InternalsVisibleTo Include=\"App\" />", file: "Layers/Layers.csproj")
            .Write("Layers/Layer.cs", "namespace Layers;\n\ninternal abstract partial class Layer { [ClipGen.Gradient] private readonly float[] _dW = [3]; }\n")
            .WriteProject(
                "<OutputType>Exe</OutputType><TreatWarningsAsErrors>true</TreatWarningsAsErrors>",
                "<ProjectReference Include=\"../Layers/Layers.csproj\" />",
                "App/App.csproj")
            .Write(
                "App/Program.cs",
                """
                using ClipGen;
                using Layers;

                var network = new Network();
                Console.WriteLine($"{network.ClipGradients().TotalNorm} {string.Join(",", network.GradientNames)}");

                internal sealed partial class Dense : Layer { [Gradient] private readonly double[] _dBias = [4]; }

                [ClipGradNorm(1.0)]
                internal sealed partial class Network { private readonly Layer[] _layers = [new Dense()]; }

                """);

        project.Dotnet("build App").AssertSucceeded();
        Assert.Equal("5 _layers[0]._dW,_layers[0]._dBias", project.Dotnet("App/bin/Debug/net10.0/App.dll").AssertSucceeded().Output.Trim());
    }

    [Fact]
    public void An_old_project_without_nullable_is_served_and_a_too_old_language_is_told()
    {
        const string Old =
            "namespace Consumer\n{\n    [ClipGen.ClipGradNorm(1.0)]\n    public partial class Network\n    {\n"
            + "        [ClipGen.Gradient] private readonly float[] _dW = new float[2];\n    }\n}\n";
        ConsumerProject project = feed.CreateProject()
            .WriteProject("<Nullable>disable</Nullable><ImplicitUsings>disable</ImplicitUsings><LangVersion>8.0</LangVersion><TreatWarningsAsErrors>true</TreatWarningsAsErrors>")
            .Write("Model.cs", Old);
        project.Dotnet("build").AssertSucceeded();

        CommandRun tooOld = project.Dotnet("build --no-incremental -p:LangVersion=7.3").AssertFailed();
        Assert.Contains("error CLIP014: No clipping code is generated for 'Network'", tooOld.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(".g.cs", tooOld.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Visual_Basic_project_is_not_disturbed()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject(file: "Consumer.vbproj")
            .Write("Model.vb", "Public Class Network\n    <ClipGen.Gradient> Public Gradient As Single() = {3, 4}\nEnd Class\n");

        Assert.Contains("0 Warning(s)", project.Dotnet("build").AssertSucceeded().Output, StringComparison.Ordinal);
    }
}
