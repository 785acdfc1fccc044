using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Declarations;
using ClipGen.CodeFixes.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>The fix of CLIP001, for one diagnostic and as FixAll.</summary>
public sealed class MakePartialCodeFixTests
{
    [Fact]
    public Task Adds_the_word_and_keeps_the_others_and_the_comments() => VerifyAsync(
        """
        using ClipGen;

        // A small network.
        [ClipGradNorm(1.0)]
        public sealed class {|CLIP001:Net|} // keeps its comment
        {
            [Gradient] private readonly float[] _dW = new float[4];
        }
        """,
        """
        using ClipGen;

        // A small network.
        [ClipGradNorm(1.0)]
        public sealed partial class Net // keeps its comment
        {
            [Gradient] private readonly float[] _dW = new float[4];
        }
        """);

    [Fact]
    public Task Fixes_containers_structs_and_records_all_at_once() => VerifyAsync(
        """
        using ClipGen;

        class {|CLIP001:Outer|}
        {
            internal struct {|CLIP001:Middle|}
            {
                [ClipGradNorm(1.0)]
                record {|CLIP001:Net|}
                {
                    [Gradient] float[] _dW = new float[4];
                }
            }
        }
        """,
        """
        using ClipGen;

        partial class Outer
        {
            internal partial struct Middle
            {
                [ClipGradNorm(1.0)]
                partial record Net
                {
                    [Gradient] float[] _dW = new float[4];
                }
            }
        }
        """,
        iterations: 3);

    [Fact]
    public Task Offers_nothing_for_a_file_local_type()
    {
        const string Source =
            """
            using ClipGen;

            file partial class {|CLIP001:Net|}
            {
                [Gradient] float[] _dW = new float[4];
            }
            """;
        return VerifyAsync(Source, Source, iterations: 0, expectsFix: false);
    }

    private static async Task VerifyAsync(string source, string fixedSource, int iterations = 1, bool expectsFix = true)
    {
        var test = new CSharpCodeFixTest<DeclarationAnalyzer, MakePartialCodeFix, DefaultVerifier>
        {
            TestCode = source,
            FixedCode = fixedSource,
            NumberOfIncrementalIterations = iterations,
            NumberOfFixAllIterations = Math.Min(iterations, 1),
            ReferenceAssemblies = new ReferenceAssemblies("none"),
        };
        if (!expectsFix)
        {
            test.FixedState.InheritanceMode = StateInheritanceMode.AutoInheritAll;
            test.FixedState.MarkupHandling = MarkupMode.Allow;
        }

        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
        {
            state.AdditionalReferences.AddRange(Net100.References.All);
            state.AdditionalReferences.Add(MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location));
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
        await NothingNew.AssertAsync([source], [fixedSource], [.. Net100.References.All, AnalyzerHarness.ClipGen],
            DiagnosticSeverity.Error);
    }
}
