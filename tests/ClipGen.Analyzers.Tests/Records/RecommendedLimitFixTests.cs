using ClipGen.Analyzers.Records;
using ClipGen.CodeFixes.Records;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>The fix writes the limit that the run suggests, also for all findings.</summary>
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
        "using ClipGen;\n[ClipGradNorm(100.0)]\npartial class Net\n{\n    [Gradient] float[] {|CLIP203:_dW|} = new float[4];\n}\n",
        "using ClipGen;\n[ClipGradNorm(12.0)]\npartial class Net\n{\n    [Gradient] float[] {|CLIP203:_dW|} = new float[4];\n}\n",
        RecordText.Of("\"type\": \"Net\"", 100, 4, 170, 12, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 1, \"firstNonFinite\": 2 }"));

    [Fact]
    public Task Limits_of_calls() => VerifyAsync(
        "using ClipGen;\nclass Trainer { void Step(float[] dW) => Gradients.ClipNorm({|CLIP201:0.25|}, dW); }\n",
        "using ClipGen;\nclass Trainer { void Step(float[] dW) => Gradients.ClipNorm(3.2, dW); }\n",
        RecordText.Of("\"gradients\": \"dW\"", 0.25, 1000, 17, 3.2));

    private static async Task VerifyAsync(string source, string @fixed, string record)
    {
        var test = new CSharpCodeFixTest<RecordAnalyzer, RecommendedLimitCodeFix, DefaultVerifier>
        {
            ReferenceAssemblies = new ReferenceAssemblies("net8.0"),
            CompilerDiagnostics = CompilerDiagnostics.Errors,
            MarkupOptions = MarkupOptions.UseFirstDescriptor,
            TestCode = source,
            FixedCode = @fixed,
        };
        test.FixedState.MarkupHandling = MarkupMode.Allow;
        test.TestState.AdditionalFiles.Add(("/lstm.clipgen.json", record));
        test.TestState.AdditionalReferences.AddRange([.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
        await test.RunAsync(TestContext.Current.CancellationToken);
    }
}
