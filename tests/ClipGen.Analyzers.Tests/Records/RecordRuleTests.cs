using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClipGen.Analyzers.Records;
using ClipGen.Generator;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>CLIP201 to CLIP204: findings from recorded runs.</summary>
public sealed class RecordRuleTests
{
    private const string Small = "\"type\": \"Demo.Net\"";

    private const string Net = """
        namespace Demo;
        [ClipGradNorm({|CLIP201:0.25|})]
        public partial class Net
        {
            [Gradient] private readonly float[] _dW = new float[4];
        }
        """;

    [Fact]
    public Task A_limit_that_clipped_nearly_every_step() => VerifyAsync(Net, RecordText.Of(Small, 0.25, 990, 17, 3.2));

    [Fact]
    public async Task The_message_names_the_run_its_steps_and_its_quantiles()
    {
        Diagnostic found = Assert.Single(await FindAsync(Net, RecordText.Of(Small, 0.25, 990, 16, 3.2)));
        Assert.Equal(
            "The limit 0.25 clipped 99 % of the 1000 steps of the run 'lstm', whose norms were: median 4, 90 % at most 8, 99 % at "
                + "most 10.7, "
                + "largest 16. The run suggests 3.2.",
            found.GetMessage(null));
    }

    [Theory]
    [InlineData(0.25, 949, 17.0, 1000)]
    [InlineData(0.25, 99, 17.0, 99)]
    [InlineData(0.2, 1000, 17.0, 1000)]
    [InlineData(0.25, 0, 0.2, 1000)]
    [InlineData(0.25, 2000, 17.0, 1000)]
    public Task A_run_that_says_nothing_against_the_limit(double limit, int clipped, double largest, int steps) =>
        VerifyAsync(Without(Net), RecordText.Of(Small, limit, clipped, largest, 3.2, steps: steps));

    [Fact]
    public Task A_limit_far_above_every_norm() => VerifyAsync(
        Net.Replace("CLIP201:0.25", "CLIP202:100", StringComparison.Ordinal), RecordText.Of(Small, 100, 0, 9.9, 3.2));

    [Fact]
    public Task A_gradient_that_was_not_finite() => VerifyAsync(
        """
        namespace Demo;
        [ClipGradNorm(5)]
        public partial class Net
        {
            [Gradient] private readonly float[] _dW = new float[4];
            [Gradient] private readonly float[][] {|CLIP203:_dLayers|} = [];
        }
        """,
        RecordText.Of(Small, 5, 100, 17, 5, norms: "{ \"gradient\": \"_dLayers[3]\", \"share\": 0.5, \"nonFinite\": 3, "
            + "\"firstNonFinite\": 17 }"));

    [Fact]
    public Task Groups_members_and_values_have_limits_of_their_own() => VerifyAsync(
        """
        namespace Demo;
        [ClipGradNorm(0.25)]
        [ClipGradNorm({|CLIP201:0.5|}, Group = "heads")]
        public partial class Net
        {
            [Gradient(Group = "heads")] private readonly float[] _dHead = new float[4];
            [Gradient, ClipGradNorm({|CLIP201:0.75|})] private readonly float[] _dBias = new float[4];
            [Gradient, ClipGradValue(0.75)] private readonly float[] _dOther = new float[4];
        }
        """,
        RecordText.Of(Small, 0.5, 1000, 17, 3.2, "\"group\": \"heads\",").Replace(
            "\"limits\": [",
            "\"limits\": [ { \"member\": \"_dBias\", \"kind\": \"norm\", \"limit\": 0.75, \"steps\": 500, \"clipped\": 500, "
                + "\"quantiles\": { \"max\": 3 } }, ",
            StringComparison.Ordinal));

    [Fact]
    public Task Nested_and_generic_models_are_found_by_their_metadata_name() => VerifyAsync(
        """
        namespace Demo;
        public partial class Outer<T>
        {
            [ClipGradNorm({|CLIP201:0.25|})]
            public partial class Net<TOther> { [Gradient] private readonly float[] _dW = new float[4]; }
        }
        """,
        RecordText.Of("\"type\": \"Demo.Outer`1+Net`1\"", 0.25, 1000, 17, 3.2));

    [Fact]
    public async Task A_record_of_other_gradients_is_not_used_and_is_reported()
    {
        string record = RecordText.Of(Small + ", \"fingerprint\": \"0123456789abcdef\"", 0.25, 1000, 17, 3.2);
        Diagnostic found = Assert.Single(await FindAsync(Net, record));
        Assert.Equal(("CLIP204", DiagnosticSeverity.Info), (found.Id, found.Severity));
        Assert.Equal("The record 'lstm' is not used: 'Net' has other gradients than in that run. Record a new one", found.GetMessage(null));
    }

    [Fact]
    public async Task A_generated_model_carries_the_fingerprint_that_the_analyzer_computes()
    {
        const string Source = """
            using ClipGen;
            namespace Demo;
            public partial class Linear { [Gradient] private readonly float[] _dW = new float[4]; [Gradient] double[,]? _dB; }
            [ClipGradNorm(0.25)]
            public partial class Net { private readonly Linear _layer = new(); [Gradient] private float[][] _dW = []; }
            """;
        CSharpCompilation written = AnalyzerHarness.Compile(Source, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
        var options = (CSharpParseOptions)written.SyntaxTrees[0].Options;
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(written, out Compilation compilation, out _, TestContext.Current.CancellationToken);
        string generated = string.Concat(driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString()));
        string fingerprint = Regex.Match(generated, "GradientFingerprint => \"(\\w+)\"").Groups[1].Value;
        INamedTypeSymbol model = compilation.GetTypeByMetadataName("Demo.Net")!;
        var index = GradientSourceIndex.Of(compilation);
        Assert.Equal(fingerprint, GradientFingerprint.Of(model, index, TestContext.Current.CancellationToken));

        string record = RecordText.Of(Small + $", \"fingerprint\": \"{fingerprint}\"", 0.25, 1000, 17, 3.2);
        Assert.Equal("CLIP201", Assert.Single(await FindAsync(compilation, record)).Id);
        Assert.NotEqual(fingerprint, FingerprintOf(Source.Replace("_dB", "_dBias", StringComparison.Ordinal)));
        Assert.NotEqual(fingerprint, FingerprintOf(Source.Replace("double[,]", "float[,]", StringComparison.Ordinal)));
        Assert.NotEqual(fingerprint, FingerprintOf(Source.Replace("_dW = []", "_dV = []", StringComparison.Ordinal)));
        Assert.Equal(fingerprint, FingerprintOf(Source.Replace("float[4]", "float[5]", StringComparison.Ordinal)));
    }

    [Fact]
    public Task The_latest_run_counts() => VerifyAsync(
        Without(Net),
        RecordText.Of(Small, 0.25, 1000, 17, 3.2),
        RecordText.Of(Small, 0.25, 100, 17, 0.25).Replace("2026-01-02", "2026-01-03", StringComparison.Ordinal));

    [Fact]
    public Task A_record_of_another_type_or_of_nothing_reports_nothing() => VerifyAsync(
        Without(Net), RecordText.Of("\"type\": \"Demo.Other\"", 0.25, 1000, 17, 3.2), "{ \"clipgen\": 1 "
            + "}", "{ \"clipgen\": 1, \"models\": 7 }");

    [Fact]
    public Task Calls_of_Gradients_are_found_by_their_arguments() => VerifyAsync(
        """
        class Trainer
        {
            void Step(float[] dW, float[] dB)
            {
                Gradients.ClipNorm({|CLIP201:0.25|}, dW, dB);
                Gradients.ClipNorm(0.25, dW);
                Gradients.ClipNorm(0.5, dW, dB);
            }
        }
        """,
        RecordText.Of("\"gradients\": \"dW, dB\"", 0.25, 1000, 17, 3.2));

    [Fact]
    public async Task Calls_of_TorchGradients_are_found_by_file_member_and_argument()
    {
        const string Source = """
            using ClipGen;
            using TorchSharp;
            class Trainer
            {
                void Train(
                    torch.nn.Module model, torch.nn.Module? other, torch.optim.Optimizer adam, torch.optim.Optimizer sgd, LossScaler scaler)
                {
                    TorchGradients.ClipNorm(model, 0.25);
                    void Inner() => TorchGradients.ClipNorm(model.parameters(), 0.25);
                    adam.ClipAndStep(0.25);
                    sgd.ClipAndStep(maxNorm: 0.25, scaler: scaler);
                    scaler.Clip(model.parameters(true), 0.25);
                    scaler.Clip(module: (other!), maxNorm: 0.25);
                }

                void Other(torch.nn.Module model) => TorchGradients.ClipNorm(model, 0.25);
            }
            """;
        CSharpCompilation compilation = AnalyzerHarness.Compile(
            [("/src/Test0.cs", Source)],
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGenTorchSharp]);
        foreach (string text in (string[])["model", "model.parameters()", "adam", "sgd", "model.parameters(true)", "other"])
        {
            string identity = $"\"file\": \"Test0.cs\", \"member\": \"Train\", \"gradients\": \"{text}\"";
            Diagnostic found = Assert.Single(await FindAsync(compilation, RecordText.Of(identity, 0.25, 1000, 17, 3.2)));
            Assert.Equal("0.25", compilation.SyntaxTrees[0].ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End]);
        }
    }

    [Fact]
    public Task Calls_with_the_same_arguments_are_told_apart_by_file_and_member() => VerifyAsync(
        """
        class Trainer
        {
            void Step(float[] dW) => Gradients.ClipNorm({|CLIP201:0.25|}, dW);
            void Last(float[] dW) => Gradients.ClipNorm(0.25, dW);
            int Count { get { Gradients.ClipNorm(0.25, new float[3]); return 0; } }
        }
        """,
        RecordText.Of("\"file\": \"Test0.cs\", \"member\": \"Step\", \"gradients\": \"dW\"", 0.25, 1000, 17, 3.2),
        RecordText.Of("\"file\": \"Other.cs\", \"member\": \"Last\", \"gradients\": \"dW\"", 0.25, 1000, 17, 3.2));

    [Theory]
    [InlineData("[dW,\n            dB]")]
    [InlineData("[dW,\r\n dB]")]
    public Task Line_breaks_in_arguments_do_not_count(string argument) => VerifyAsync(
        $$"""class Trainer { void Step(float[] dW, float[] dB) => Gradients.ClipNorm({|CLIP201:0.25|}, {{argument}}); }""",
        RecordText.Of("\"gradients\": \"[dW,\\r\\n   dB]\"", 0.25, 1000, 17, 3.2));

    [Theory]
    [InlineData("limits.Max")]
    [InlineData("new Limits(1).Max")]
    [InlineData("limit")]
    public Task The_number_that_a_variable_is_declared_with_is_compared(string argument) => VerifyAsync(
        $$"""
        record Limits(double Least, double Max = 0.25);
        class Trainer
        {
            void Step(float[] dW, Limits limits, double limit = 1.0 / 4) => Gradients.ClipNorm({|CLIP201:{{argument}}|}, dW);
        }
        """,
        RecordText.Of("\"gradients\": \"dW\"", 0.25, 1000, 17, 3.2));

    [Theory]
    [InlineData("double limit = 0.5;")]
    [InlineData("double limit; limit = 0.25;")]
    [InlineData("double limit = System.Math.Sqrt(0.0625);")]
    [InlineData("double limit = 0.25 + 0.25;")]
    [InlineData("var (limit, other) = (0.25, 1);")]
    public Task A_number_that_is_not_known_is_not_compared(string declaration) => VerifyAsync(
        $$"""class Trainer { void Step(float[] dW) { {{declaration}} Gradients.ClipNorm(limit, dW); } }""",
        RecordText.Of("\"gradients\": \"dW\"", 0.25, 1000, 17, 3.2));

    [Fact]
    public Task A_gradient_with_a_limit_of_its_own_or_of_its_group_names_that() => VerifyAsync(
        """
        namespace Demo;
        [ClipGradNorm(7)]
        [ClipGradNorm(0.5, Group = "heads")]
        public partial class Net
        {
            [Gradient] private readonly float[] _dW = new float[4];
            [Gradient(Group = "heads")] private readonly float[] {|CLIP203:_dHead|} = new float[4];
        }
        """,
        RecordText.Of(Small, 0.5, 100, 17, 0.5, "\"group\": \"heads\",", norms: "{ \"gradient\": \"_dHead\", \"nonFinite\": 3 }"));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1, 2")]
    [InlineData("{ \"clipgen\": 1, \"run\": \"a")]
    [InlineData("{ \"clipgen\": 1 } x")]
    [InlineData("{ \"clipgen\": 2 }")]
    [InlineData("{ \"clipgen\": \"1\" }")]
    [InlineData("{ \"clipgen\": 1, \"clipgen\": 1 }")]
    [InlineData("null")]
    [InlineData("nul")]
    [InlineData("+1")]
    [InlineData("\"\\u12\"")]
    public async Task A_file_that_is_not_a_record_is_reported(string text)
    {
        Diagnostic found = Assert.Single(await FindAsync(Without(Net), text));
        Assert.Equal("CLIP204", found.Id);
        Assert.Equal("lstm.clipgen.json", found.Location.GetLineSpan().Path);
    }

    [Fact]
    public async Task A_hostile_file_is_rejected_without_an_exception()
    {
        string[] hostile =
        [
            new string('[', 1_000_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), new string(' ', RecordReader.LongestRecord + 1),
            "[" + string.Join(",", Enumerable.Repeat("0", 300_000)) + "]", "\"" + new string('\\', 100_001), new string('9', 100_000),
        ];
        foreach (string text in hostile)
            Assert.Equal("CLIP204", Assert.Single(await FindAsync(Without(Net), text)).Id);
    }

    [Fact]
    public async Task A_truncated_record_reports_nothing_about_a_limit()
    {
        string record = RecordText.Of(Small, 0.25, 1000, 17, 3.2);
        for (int length = 0; length < record.TrimEnd().Length; length += 7)
            Assert.Equal("CLIP204", Assert.Single(await FindAsync(Net, record[..length])).Id);
    }

    [Fact]
    public async Task Other_files_are_ignored()
    {
        Compilation compilation = CompileMarked(Net);
        var file = new RecordText(RecordText.Of(Small, 0.25, 1000, 17, 3.2), "lstm.json");
        Assert.Empty(await AnalyzerHarness.AnalyzeAsync(compilation, [new RecordAnalyzer()], null, file));
    }

    private static string Without(string marked) => AnalyzerHarness.ReadMarkup(marked).Source;

    private static string FingerprintOf(string source)
    {
        CSharpCompilation compilation = AnalyzerHarness.Compile(source, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
        INamedTypeSymbol model = compilation.GetTypeByMetadataName("Demo.Net")!;
        return GradientFingerprint.Of(model, GradientSourceIndex.Of(compilation), TestContext.Current.CancellationToken);
    }

    private static CSharpCompilation CompileMarked(string marked) =>
        AnalyzerHarness.Compile("using ClipGen;\n" + Without(marked), [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);

    private static Task<ImmutableArray<Diagnostic>> FindAsync(string marked, params string[] records) =>
        FindAsync(CompileMarked(marked), records);

    private static Task<ImmutableArray<Diagnostic>> FindAsync(Compilation compilation, params string[] records) =>
        AnalyzerHarness.AnalyzeAsync(compilation, [new RecordAnalyzer()], null, [.. records.Select(record => new RecordText(record))]);

    private static async Task VerifyAsync(string marked, params string[] records)
    {
        (_, List<(string Id, TextSpan Span)> expected) = AnalyzerHarness.ReadMarkup("using ClipGen;\n" + marked);
        ImmutableArray<Diagnostic> found = await FindAsync(marked, records);
        Assert.Equal(
            expected.OrderBy(mark => mark.Span.Start),
            found.Select(diagnostic => (diagnostic.Id, diagnostic.Location.SourceSpan)).OrderBy(mark => mark.SourceSpan.Start));
    }
}
