using ClipGen.Analyzers.Records;
using ClipGen.CodeFixes.Records;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>The fix writes the limit that the run suggests, for one finding and as FixAll.</summary>
public sealed class RecommendedLimitFixTests
{
    [Fact]
    public Task Limits_of_attributes() => VerifyAsync(
        """
        using ClipGen;
        [ClipGradNorm({|CLIP201:0.25|}, NormType = 2)]
        [ClipGradNorm({|CLIP202:1000|}, Group = "heads")]
        partial class Net
        {
            [Gradient] float[] {|CLIP203:_dW|} = new float[4];
            [Gradient(Group = "heads")] float[] _dHead = new float[4];
        }
        """,
        """
        using ClipGen;
        [ClipGradNorm(3.2, NormType = 2)]
        [ClipGradNorm(6.0, Group = "heads")]
        partial class Net
        {
            [Gradient] float[] {|CLIP203:_dW|} = new float[4];
            [Gradient(Group = "heads")] float[] _dHead = new float[4];
        }
        """,
        RecordText.Of("\"type\": \"Net\"", 0.25, 1000, 17, 3.2, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 1, \"firstNonFinite\": 2 }")
            .Replace(
                "\"limits\": [",
                "\"limits\": [ { \"group\": \"heads\", \"kind\": \"norm\", \"limit\": 1000, \"steps\": 500, \"clipped\": 0, "
                    + "\"quantiles\": { \"max\": 12 }, \"recommended\": 6 }, ",
                StringComparison.Ordinal));

    [Fact]
    public Task A_lower_limit_where_a_gradient_was_not_finite() => VerifyAsync(
        """
        using ClipGen;
        [ClipGradNorm(100.0)]
        partial class Net
        {
            [Gradient] float[] {|CLIP203:_dW|} = new float[4];
        }

        """,
        """
        using ClipGen;
        [ClipGradNorm(12.0)]
        partial class Net
        {
            [Gradient] float[] {|CLIP203:_dW|} = new float[4];
        }

        """,
        RecordText.Of("\"type\": \"Net\"", 100, 4, 170, 12, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 1, \"firstNonFinite\": 2 }"));

    [Fact]
    public Task Limits_of_calls() => VerifyAsync(
        """
        using ClipGen;
        class Trainer { void Step(float[] dW) => Gradients.ClipNorm({|CLIP201:0.25|}, dW); }

        """,
        """
        using ClipGen;
        class Trainer { void Step(float[] dW) => Gradients.ClipNorm(3.2, dW); }

        """,
        RecordText.Of("\"gradients\": \"dW\"", 0.25, 1000, 17, 3.2));

    [Theory]
    [InlineData("const double Limit = ", "0.25", "3.2", "Limit")]
    [InlineData("const float Limit = ", "0.25f", "3.2f", "Limit")]
    [InlineData("static readonly double Limit = ", "0.25", "3.2", "Trainer.Limit")]
    [InlineData("readonly double Limit = ", "(0.25)", "(3.2)", "this.Limit")]
    [InlineData("double Limit { get; set; } = ", "0.25", "3.2", "Limit")]
    [InlineData("double Limit => ", "0.25", "3.2", "Limit")]
    [InlineData("const double Small = 0.125; const double Limit = ", "2 * Small", "3.2", "Limit")]
    [InlineData("const double Limit = ", "0.25", "3.2", "(double)(Limit)")]
    public Task A_named_limit_is_written_where_it_is_declared(string declaration, string before, string after, string argument)
    {
        string Program(string value, string call) => $$"""
            using ClipGen;
            class Trainer
            {
                {{declaration}}{{value}};

                void Step(float[] dW) => Gradients.ClipNorm({{call}}, dW);
            }

            """;
        return VerifyAsync(Program(before, $"{{|CLIP201:{argument}|}}"), Program(after, argument), Call);
    }

    [Theory]
    [InlineData("double limit = LIMIT; Gradients.ClipNorm(ARGUMENT, dW);")]
    [InlineData("var limit = LIMIT; Gradients.ClipNorm(nonFinite: NonFinitePolicy.Zero, gradients: dW, maxNorm: ARGUMENT);")]
    [InlineData("const double limit = LIMIT; for (int i = 0; i < 9; i++) Gradients.ClipNorm(ARGUMENT, dW);")]
    [InlineData("double limit = LIMIT; void Inner() => Gradients.ClipNorm(ARGUMENT, dW); Inner();")]
    [InlineData("Clip(); void Clip(double limit = LIMIT) => Gradients.ClipNorm(ARGUMENT, dW);")]
    [InlineData("double limit = LIMIT; System.Console.WriteLine(limit); Gradients.ClipNorm(ARGUMENT, dW);")]
    public Task A_limit_in_a_variable_is_written_where_it_is_declared(string body)
    {
        string Program(string value, string call) => $$"""
            using ClipGen;
            class Trainer
            {
                void Step(float[] dW)
                {
                    {{body.Replace("LIMIT", value, StringComparison.Ordinal).Replace("ARGUMENT", call, StringComparison.Ordinal)}}
                }
            }

            """;
        return VerifyAsync(Program("0.25", "{|CLIP201:limit|}"), Program("3.2", "limit"), Call);
    }

    [Fact]
    public Task A_default_of_a_parameter() => VerifyAsync(
        """
        using ClipGen;
        class Trainer { void Step(float[] dW, double max = 0.25) => Gradients.ClipNorm({|CLIP201:max|}, dW); }

        """,
        """
        using ClipGen;
        class Trainer { void Step(float[] dW, double max = 3.2) => Gradients.ClipNorm(max, dW); }

        """,
        Call);

    [Theory]
    [InlineData("2 * Limit")]
    [InlineData("Limit + 0.125")]
    public Task An_expression_is_replaced_where_it_stands(string expression)
    {
        string Program(string argument) =>
            $$"""
            using ClipGen;
            class Trainer { const double Limit = 0.125; void Step(float[] dW) => Gradients.ClipNorm({{argument}}, dW); }

            """;
        return VerifyAsync(Program($"{{|CLIP201:{expression}|}}"), Program("3.2"), Call);
    }

    [Fact]
    public Task A_whole_number_cannot_hold_another_limit_and_stays() => VerifyAsync(
        """
        using ClipGen;
        class Trainer { const int Max = 1000; void Step(float[] dW) => Gradients.ClipNorm({|CLIP202:Max|}, dW); }

        """,
        """
        using ClipGen;
        class Trainer { const int Max = 1000; void Step(float[] dW) => Gradients.ClipNorm(3.2, dW); }

        """,
        RecordText.Of("\"gradients\": \"dW\"", 1000, 0, 17, 3.2));

    [Fact]
    public Task A_constant_in_another_file() => VerifyAsync(
        [
            """
            using ClipGen;
            [ClipGradNorm({|CLIP201:Limits.Max|})]
            partial class Net
            {
                [Gradient] float[] _dW = new float[4];
            }

            """,
            """
            static class Limits { public const double Max = Base; const double Base = 0.25; }

            """,
        ],
        [
            """
            using ClipGen;
            [ClipGradNorm(Limits.Max)]
            partial class Net
            {
                [Gradient] float[] _dW = new float[4];
            }

            """,
            """
            static class Limits { public const double Max = Base; const double Base = 3.2; }

            """,
        ],
        RecordText.Of("\"type\": \"Net\"", 0.25, 1000, 17, 3.2));

    [Fact]
    public Task A_constant_that_is_the_limit_of_another_model_too_stays_as_it_is() => VerifyAsync(
        [
            """
            using ClipGen;
            [ClipGradNorm({|CLIP201:Limits.Max|})]
            partial class Net
            {
                [Gradient] float[] _dW = new float[4];
            }

            """,
            """
            static class Limits { public const double Max = 0.25; }

            """,
            """
            using ClipGen;
            [ClipGradNorm(Limits.Max)]
            partial class Other
            {
                [Gradient] float[] _dW = new float[4];
            }

            """,
        ],
        [
            """
            using ClipGen;
            [ClipGradNorm(3.2)]
            partial class Net
            {
                [Gradient] float[] _dW = new float[4];
            }

            """,
            """
            static class Limits { public const double Max = 0.25; }

            """,
            """
            using ClipGen;
            [ClipGradNorm(Limits.Max)]
            partial class Other
            {
                [Gradient] float[] _dW = new float[4];
            }

            """,
        ],
        RecordText.Of("\"type\": \"Net\"", 0.25, 1000, 17, 3.2));

    [Fact]
    public Task The_attribute_of_a_gradient_that_was_not_finite_in_another_file() => VerifyAsync(
        [
            """
            using ClipGen;
            [ClipGradNorm(Max)]
            partial class Net
            {
            }

            """,
            """
            using ClipGen;
            partial class Net
            {
                [Gradient] float[] {|CLIP203:_dW|} = new float[4];
            }

            """,
            """
            partial class Net { const double Max = 100; }

            """,
        ],
        [
            """
            using ClipGen;
            [ClipGradNorm(Max)]
            partial class Net
            {
            }

            """,
            """
            using ClipGen;
            partial class Net
            {
                [Gradient] float[] {|CLIP203:_dW|} = new float[4];
            }

            """,
            """
            partial class Net { const double Max = 12.0; }

            """,
        ],
        RecordText.Of("\"type\": \"Net\"", 100, 4, 170, 12, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 1, \"firstNonFinite\": 2 }"));

    [Fact]
    public Task Both_findings_of_one_limit() => VerifyAsync(
        """
        using ClipGen;
        [ClipGradNorm({|CLIP202:Max|})]
        partial class Net
        {
            const double Max = 1000;
            [Gradient] float[] {|CLIP203:_dW|} = new float[4];
            [Gradient] float[] {|CLIP203:_dB|} = new float[4];
        }
        """,
        """
        using ClipGen;
        [ClipGradNorm(Max)]
        partial class Net
        {
            const double Max = 3.2;
            [Gradient] float[] {|CLIP203:_dW|} = new float[4];
            [Gradient] float[] {|CLIP203:_dB|} = new float[4];
        }
        """,
        RecordText.Of(
            "\"type\": \"Net\"",
            1000,
            0,
            17,
            3.2,
            norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 1, \"firstNonFinite\": 2 }, "
                + "{ \"gradient\": \"_dB\", \"nonFinite\": 1, \"firstNonFinite\": 2 }"));

    [Fact]
    public Task Two_calls_with_one_constant_and_one_recommendation() => VerifyAsync(
        """
        using ClipGen;
        class Trainer
        {
            const double Max = 0.25;
            void Step(float[] dW) => Gradients.ClipNorm({|CLIP201:Max|}, dW);
            void Last(float[] dW) => Gradients.ClipNorm({|CLIP201:Max|}, dW);
        }
        """,
        """
        using ClipGen;
        class Trainer
        {
            const double Max = 3.2;
            void Step(float[] dW) => Gradients.ClipNorm(3.2, dW);
            void Last(float[] dW) => Gradients.ClipNorm(Max, dW);
        }
        """,
        Call,
        fixedTogether: """
            using ClipGen;
            class Trainer
            {
                const double Max = 3.2;
                void Step(float[] dW) => Gradients.ClipNorm(Max, dW);
                void Last(float[] dW) => Gradients.ClipNorm(Max, dW);
            }
            """);

    private static string Call => RecordText.Of("\"gradients\": \"dW\"", 0.25, 1000, 17, 3.2);

    private static Task VerifyAsync(string source, string @fixed, string record, string? fixedTogether = null) =>
        VerifyAsync([source], [@fixed], record, fixedTogether);

    private static async Task VerifyAsync(string[] sources, string[] @fixed, string record, string? fixedTogether = null)
    {
        var test = new CSharpCodeFixTest<RecordAnalyzer, RecommendedLimitCodeFix, DefaultVerifier>
        {
            ReferenceAssemblies = new ReferenceAssemblies("net8.0"),
            CompilerDiagnostics = CompilerDiagnostics.Errors,
            MarkupOptions = MarkupOptions.UseFirstDescriptor,
        };
        foreach (string source in sources)
            test.TestState.Sources.Add(source);
        foreach (string source in @fixed)
            test.FixedState.Sources.Add(source);
        if (fixedTogether is not null)
        {
            test.BatchFixedCode = fixedTogether;
            test.BatchFixedState.MarkupHandling = MarkupMode.Allow;
        }

        test.FixedState.MarkupHandling = MarkupMode.Allow;
        test.TestState.AdditionalFiles.Add(("/lstm.clipgen.json", record));
        test.TestState.AdditionalReferences.AddRange([.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
        await test.RunAsync(TestContext.Current.CancellationToken);
        await NothingNew.AssertAsync(sources, @fixed, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
    }
}
