using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests;

/// <summary>
/// The steps that the generator runs again after an edit. Each test names the edit. Before it, a second run without an edit takes
/// everything from the cache.
/// </summary>
public sealed class CachingTests
{
    private const string Model =
        """
        using ClipGen;
        namespace Demo;
        [ClipGradNorm(1.0)]
        public partial class Model
        {
            [Gradient] private readonly float[] _dW = new float[4];
            private readonly Linear _layer = new();
        }
        """;

    private const string Layer =
        """
        using ClipGen;
        namespace Demo;
        public partial class Linear { [Gradient] private readonly float[] _dBias = new float[4]; }
        """;

    private const string Unrelated = "namespace Demo; public class Unrelated { public int Count; }";

    // Without this test, the harness would not notice that a step has another name than it expects.
    [Fact]
    public void Every_step_is_tracked_where_every_attribute_makes_a_type_a_source()
    {
        const string Source =
            """
            namespace Demo;
            using ClipGen;
            using TorchSharp;
            [GradientSource] public abstract partial class C { }
            public partial class D { [Gradient] readonly float[] _a = new float[1]; }
            public partial class E
            {
                [Parameter(Gradient = nameof(_a))] readonly float[] _w = new float[1];
                readonly float[] _a = new float[1];
            }
            public partial class L { [Replicated] readonly D _d = new(); }
            public partial class F { [field: Gradient] float[] A { get; } = new float[1]; }
            public abstract partial class G : torch.nn.Module
            {
                [ClipIgnore] readonly torch.nn.Module _frozen = null!;
                protected G() : base("g") { }
            }
            """;
        string limits = string.Concat(WellKnownNames.ClipAttributes.Select(
            name => $"[ClipGen.{name}(1)] public partial class With{name} {{ [ClipGen.Gradient] readonly float[] _a = new float[1]; }}\n"));
        GeneratorRun run = GeneratorHarness.Run(GeneratorHarness.Compile(Source, limits).AddReferences(
            MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
            MetadataReference.CreateFromFile(typeof(TorchGradients).Assembly.Location)));

        Assert.Empty(GeneratorHarness.PipelineSteps.Except(run.Result.TrackedSteps.Keys));
    }

    [Fact]
    public void Trivia_in_the_model_emits_nothing() =>
        GeneratorHarness.AssertAllCached(Edit(0, Model.Replace("private", "/* a comment */ private   ", StringComparison.Ordinal)));

    [Fact]
    public void A_method_in_the_model_emits_nothing() =>
        GeneratorHarness.AssertAllCached(
            Edit(0, Model.Replace("[Gradient]", "public void Train() { } [Gradient]", StringComparison.Ordinal)));

    [Fact]
    public void An_unrelated_type_emits_nothing() =>
        GeneratorHarness.AssertAllCached(Edit(2, Unrelated + " public class Another { public float[] Data = new float[3]; }"));

    [Fact]
    public void A_changed_length_emits_its_type_only()
    {
        GeneratorRunResult result = Edit(1, Layer.Replace("float[4]", "float[5]", StringComparison.Ordinal));

        Assert.Equal(
            [("Demo.Linear", IncrementalStepRunReason.Modified), ("Demo.Model", IncrementalStepRunReason.Cached)],
            Outputs(result));
    }

    // Records of runs with other gradients must not match the model: its fingerprint changes.
    [Fact]
    public void A_changed_gradient_emits_its_type_and_the_model_that_holds_it()
    {
        GeneratorRunResult result = Edit(1, Layer.Replace("_dBias", "_dB", StringComparison.Ordinal));

        Assert.Equal(
            [("Demo.Linear", IncrementalStepRunReason.Modified), ("Demo.Model", IncrementalStepRunReason.Modified)],
            Outputs(result));
    }

    [Fact]
    public void A_changed_limit_emits_its_model_only()
    {
        GeneratorRunResult result = Edit(0, Model.Replace("1.0", "2.0", StringComparison.Ordinal));

        Assert.Equal(
            [("Demo.Linear", IncrementalStepRunReason.Cached), ("Demo.Model", IncrementalStepRunReason.Modified)],
            Outputs(result));
    }

    [Fact]
    public void A_second_model_does_not_emit_the_first()
    {
        GeneratorRunResult result = Edit(
            2,
            Unrelated + """

            [ClipGen.ClipGradNorm(1)]
            public partial class Second
            {
                [ClipGen.Gradient] float[] _g;
            }
            """);

        Assert.Equal(
            [
                ("Demo.Linear", IncrementalStepRunReason.Cached),
                ("Demo.Model", IncrementalStepRunReason.Cached),
                ("Demo.Second", IncrementalStepRunReason.New),
            ],
            Outputs(result));
    }

    [Fact]
    public void A_removed_attribute_removes_the_file_and_emits_no_other()
    {
        GeneratorRunResult result =
            Edit(0, Model.Replace("[ClipGradNorm(1.0)]", "", StringComparison.Ordinal).Replace("[Gradient]", "", StringComparison.Ordinal));

        Assert.Equal(["Demo.Linear.g.cs"], result.GeneratedSources.Select(file => file.HintName));
        Assert.Contains(("Demo.Linear", IncrementalStepRunReason.Cached), Outputs(result));
    }

    [Fact]
    public void A_layer_that_stops_being_a_source_changes_its_model()
    {
        GeneratorRunResult result = Edit(1, "namespace Demo; public partial class Linear { }");

        Assert.Equal(["Demo.Model.g.cs"], result.GeneratedSources.Select(file => file.HintName));
        Assert.DoesNotContain("_layer", result.GeneratedSources.Single().SourceText.ToString(), StringComparison.Ordinal);
    }

    private static GeneratorRunResult Edit(int file, string text)
    {
        CSharpCompilation before = GeneratorHarness.Compile(Model, Layer, Unrelated);
        GeneratorRun run = GeneratorHarness.Run(before);
        run.AssertCompiles();
        SyntaxTree old = before.SyntaxTrees[file];
        CSharpCompilation after =
            before.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText(text, GeneratorHarness.ParseOptions, old.FilePath));
        GeneratorRunResult result = run.Driver.RunGenerators(after, TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        return result;
    }

    /// <summary>The reason for the state of each file's input, by type.</summary>
    private static IEnumerable<(string Type, IncrementalStepRunReason Reason)> Outputs(GeneratorRunResult result) =>
        result.TrackedSteps[TrackingNames.Output]
            .SelectMany(run => run.Outputs)
            .Where(output => output.Reason != IncrementalStepRunReason.Removed)
            .Select(output =>
            {
                var (source, _) =
                    ((ClipGen.Generator.Model.GradientSourceDeclaration, ClipGen.Generator.Model.EquatableArray<string>))output.Value;
                return (source.Type.MetadataName,
                    output.Reason == IncrementalStepRunReason.Unchanged ? IncrementalStepRunReason.Cached : output.Reason);
            })
            .OrderBy(output => output.MetadataName, StringComparer.Ordinal);
}
