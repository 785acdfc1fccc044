using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ClipGen.Package.Tests;

/// <summary>Projects that use the package as users do: restored, built and run from the command line.</summary>
public sealed class ConsumptionTests(PackageFeed feed)
{
    private const string Program =
        """
        using System.Globalization;
        using ClipGen;

        var network = new Network();
        ClipResult result = network.ClipGradients();
        string numbers = string.Create(CultureInfo.InvariantCulture, $"{result.TotalNorm} {result.Scale} {network.GradientNorm():F3}");
        Console.WriteLine($"{numbers} {string.Join(",", network.GetGradientNames())}");

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

    private const string TorchProgram =
        """
        using ClipGen;
        using TorchSharp;
        using static TorchSharp.torch;

        [ClipGradNorm(1.0)]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Linear _layer = nn.Linear(4, 2);

            public Net()
                : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor input) => _layer.forward(input);
        }

        public static class Training
        {
            public static double Step(Net net, Tensor loss, optim.Optimizer optimizer)
            {
                optimizer.zero_grad();
                loss.backward();
                ClipResult result = net.ClipGradients();
                optimizer.step();
                return result.TotalNorm;
            }
        }

        """;

    private static readonly string[] Frameworks = ["net8.0", "net10.0"];

    [Fact]
    public void One_reference_gives_generated_code_on_both_frameworks()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject(
                "<OutputType>Exe</OutputType><RollForward>Major</RollForward><UseAppHost>false</UseAppHost>"
                + "<EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>",
                targets: "<TargetFrameworks>net8.0;net10.0</TargetFrameworks>")
            .Write("Program.cs", Program);

        CommandRun build = project.Build().AssertSucceeded();

        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
        string[] generated = [.. Frameworks.Select(
            framework => project.Read($"obj/Debug/{framework}/generated/ClipGen.Generator/ClipGen.Generator.ClipGenerator/Network.g.cs"))];
        Assert.Contains("visitor.Visit<float>(\"_dW\", _dW);", generated[0], StringComparison.Ordinal);
        Assert.Equal(generated[0], generated[1]);
        Assert.All(
            Frameworks,
            framework => Assert.Equal("5 0.2 1.000 _dW,_layers[0]._dBias",
                project.Dotnet($"bin/Debug/{framework}/Consumer.dll").AssertSucceeded().Output.Trim()));
    }

    [Fact]
    public void A_warning_carries_its_id_and_link_and_obeys_the_project()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject()
            .Write("Reported.cs", Empty("Reported"))
            .Write("Silenced.cs", "#pragma warning disable CLIP002\n" + Empty("Silenced"))
            .Write("Configured.cs", Empty("Configured"))
            .Write(".editorconfig", "root = true\n[Configured.cs]\ndotnet_diagnostic.CLIP002.severity = none\n");

        CommandRun build = project.Build().AssertSucceeded();
        Assert.Contains("warning CLIP002: 'Reported' has a clip attribute but neither declares nor holds a gradient", build.Output,
            StringComparison.Ordinal);
        Assert.Contains("(https://github.com/clipgen/clipgen/blob/main/docs/rules/CLIP002.md)", build.Output, StringComparison.Ordinal);
        Assert.Contains("1 Warning(s)", build.Output, StringComparison.Ordinal);

        CommandRun strict = project.Dotnet("build --no-restore --no-incremental -p:TreatWarningsAsErrors=true").AssertFailed();
        Assert.Contains("error CLIP002: 'Reported'", strict.Output, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", strict.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_fixes_what_is_not_partial()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject()
            .Write(
                "Model.cs",
                """
                using ClipGen;

                namespace Consumer;

                [ClipGradNorm(1.0)]
                public class Network
                {
                    [Gradient] private readonly float[] _dW = [3, 4];
                }

                """);

        Assert.Contains("error CLIP001", project.Build().AssertFailed().Output, StringComparison.Ordinal);
        project.Dotnet("format analyzers --no-restore --diagnostics CLIP001 --severity error").AssertSucceeded();

        Assert.Contains("public partial class Network", project.Read("Model.cs"), StringComparison.Ordinal);
        project.Dotnet("build --no-restore").AssertSucceeded();
    }

    [Fact]
    public void Two_projects_that_see_each_others_internals_both_reference_the_package()
    {
        ConsumerProject project = feed.CreateProject();
        project.WriteProject(items: "<InternalsVisibleTo Include=\"App\" />", file: "Layers/Layers.csproj")
            .Write(
                "Layers/Layer.cs",
                """
                namespace Layers;

                internal abstract partial class Layer
                {
                    [ClipGen.Gradient] private readonly float[] _dW = [3];
                }

                """)
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
                Console.WriteLine($"{network.ClipGradients().TotalNorm} {string.Join(",", network.GetGradientNames())}");

                internal sealed partial class Dense : Layer { [Gradient] private readonly double[] _dBias = [4]; }

                [ClipGradNorm(1.0)]
                internal sealed partial class Network { private readonly Layer[] _layers = [new Dense()]; }

                """);

        project.Build("App").AssertSucceeded();
        Assert.Equal("5 _layers[0]._dW,_layers[0]._dBias", project.Dotnet("App/bin/Debug/net10.0/App.dll").AssertSucceeded().Output.Trim());
    }

    [Fact]
    public void An_old_project_without_nullable_works_and_a_too_old_language_is_reported()
    {
        const string Old =
            """
            namespace Consumer
            {
                [ClipGen.ClipGradNorm(1.0)]
                public partial class Network
                {
                    [ClipGen.Gradient] private readonly float[] _dW = new float[2];
                }
            }

            """;
        ConsumerProject project = feed.CreateProject()
            .WriteProject(
                "<Nullable>disable</Nullable><ImplicitUsings>disable</ImplicitUsings><LangVersion>8.0</LangVersion>"
                + "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>")
            .Write("Model.cs", Old);
        project.Build().AssertSucceeded();

        CommandRun tooOld = project.Dotnet("build --no-restore -p:LangVersion=7.3").AssertFailed();
        Assert.Contains("error CLIP014: No clipping code is generated for 'Network'", tooOld.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(".g.cs", tooOld.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net48")]
    [InlineData("net6.0")]
    [InlineData("netstandard2.0")]
    public void An_older_framework_is_refused_when_packages_are_restored(string framework)
    {
        ConsumerProject project = feed.CreateProject().WriteProject(
            "<AutomaticallyUseReferenceAssemblyPackages>false</AutomaticallyUseReferenceAssemblyPackages>",
            targets: $"<TargetFramework>{framework}</TargetFramework>");

        CommandRun restore = project.Dotnet("restore").AssertFailed();

        Assert.Contains($"error NU1202: Package ClipGen {PackageFeed.Version} is not compatible with {framework}", restore.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Consumer.vbproj", "Model.vb", "Public Class Network\n    <ClipGen.Gradient> Public Gradient As Single() = {3, "
        + "4}\nEnd Class\n")]
    [InlineData("Consumer.fsproj", "Model.fs", "module Network\n\n[<ClipGen.ClipGradNorm(1.0)>]\ntype Network() =\n    "
        + "[<ClipGen.Gradient>]\n    let gradient = [| 3.0f; 4.0f |]\n    member _.Gradient = gradient\n")]
    public void Projects_in_other_languages_still_build(string file, string source, string text)
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject(items: source == "Model.fs" ? "<Compile Include=\"Model.fs\" />" : "", file: file)
            .Write(source, text);

        Assert.Contains("0 Warning(s)", project.Build().AssertSucceeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_package_for_TorchSharp_brings_the_generator_along()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject("<NoWarn>NU1603</NoWarn><EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>",
                package: "ClipGen.TorchSharp")
            .Write("Training.cs", TorchProgram);

        CommandRun build = project.Build(package: "clipgen.torchsharp").AssertSucceeded();

        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
        Assert.Contains("ModuleGradients",
            project.Read("obj/Debug/net10.0/generated/ClipGen.Generator/ClipGen.Generator.ClipGenerator/Net.g.cs"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_with_a_libtorch_package_trains_on_a_system_with_an_old_libstdcpp_too()
    {
        if (PackageFeed.LibtorchPackage is not { Length: > 0 } libtorch)
        {
            Assert.Skip($"There is no libtorch package for {RuntimeInformation.RuntimeIdentifier}.");
            return;
        }

        string targets = Path.Combine(PackageFeed.RepositoryRoot, "build", "LibtorchOnOldSystems.targets");
        ConsumerProject project = feed.CreateProject()
            .WriteProject(
                "<OutputType>Exe</OutputType><NoWarn>NU1603</NoWarn>",
                $"<PackageReference Include=\"{libtorch}\" Version=\"{PackageFeed.LibtorchVersion}\" />",
                package: "ClipGen.TorchSharp",
                imports: $"<Import Project=\"{targets}\" />")
            .Write("Program.cs", FirstTorchProgram());

        project.Build(package: "clipgen.torchsharp").AssertSucceeded();
        string output = project.Dotnet("run --no-build").AssertSucceeded().Output;

        Assert.Matches(@"step 1: norm \d", output);
    }

    // The first program on the page of the package.
    private static string FirstTorchProgram()
    {
        string page = File.ReadAllText(Path.Combine(PackageFeed.RepositoryRoot, "src", "ClipGen.TorchSharp", "README.md"))
            .ReplaceLineEndings("\n");
        return Regex.Match(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
    }

    private static string Empty(string type) =>
        $$"""
        [ClipGen.ClipGradNorm(1.0)]
        public partial class {{type}}
        {
            public float[] Buffer = [];
        }

        """;
}
