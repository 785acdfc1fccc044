using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Declarations;
using ClipGen.CodeFixes.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>The two fixes of CLIP016, for one diagnostic and as FixAll.</summary>
public sealed class CachedActivationCodeFixTests
{
    private const string Ignore = "ClipGen.IgnoreActivations";
    private const string Declare = "ClipGen.DeclareWeights";

    private const string Tensor =
        """

        public sealed partial class Tensor
        {
            public float[] Data;
            [Gradient] public float[] Grad;
        }

        """;

    private const string Net =
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            private readonly Tensor _w = new();
            private Tensor {|CLIP016:_x|}, _b = new(), {|CLIP016:_y|}; // of this call

            /// <summary>The last output.</summary>
            public Tensor {|CLIP016:Last|} { get; private set; }

            public void Forward(Tensor x) { _x = x; _y = x; Last = _y = x; }
        }
        """;

    [Fact]
    public Task Leaves_activations_out() => VerifyAsync(
        Ignore,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            private readonly Tensor _w = new();
            [ClipIgnore] private Tensor _x;
            private Tensor _b = new();
            [ClipIgnore] private Tensor _y; // of this call

            /// <summary>The last output.</summary>
            [ClipIgnore] public Tensor Last { get; private set; }

            public void Forward(Tensor x) { _x = x; _y = x; Last = _y = x; }
        }
        """);

    [Fact]
    public Task Marks_weights() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            private readonly Tensor _w = new();
            [Gradient] private Tensor _x;
            private Tensor _b = new();
            [Gradient] private Tensor _y; // of this call

            /// <summary>The last output.</summary>
            [Gradient] public Tensor Last { get; private set; }

            public void Forward(Tensor x) { _x = x; _y = x; Last = _y = x; }
        }
        """);

    private static async Task VerifyAsync(string key, string @fixed)
    {
        var test = new CSharpCodeFixTest<UndeclaredGradientAnalyzer, CachedActivationCodeFix, DefaultVerifier>
        {
            CodeActionEquivalenceKey = key,
            ReferenceAssemblies = new ReferenceAssemblies("none"),
            NumberOfFixAllIterations = 1,
            NumberOfIncrementalIterations = 3,
            TestCode = Net + Tensor,
            FixedCode = @fixed + Tensor,
        };
        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
        {
            state.AdditionalReferences.AddRange(Net100.References.All);
            state.AdditionalReferences.Add(UndeclaredGradientVerifier.Runtime);
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
        await UndeclaredGradientVerifier.VerifyFilesAsync([UndeclaredGradientVerifier.Runtime], usings: "", [@fixed + Tensor]);
        await NothingNew.AssertAsync([Net + Tensor], [@fixed + Tensor], [.. Net100.References.All, UndeclaredGradientVerifier.Runtime],
            DiagnosticSeverity.Error);
    }
}
