using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Declarations;
using ClipGen.CodeFixes.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>
/// The fixes of CLIP007, for one diagnostic and as FixAll. Every expected text is also compiled with the generated code, and analyzed
/// again.
/// </summary>
public sealed class UndeclaredGradientCodeFixTests
{
    private const string Declare = "ClipGen.DeclareGradient";
    private const string Ignore = "ClipGen.IgnoreGradient";

    private const string TwoGradients =
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            [Gradient] double[] _dV;
            float[,] _w1, _w2;
            float[,] {|CLIP007:_dW1|}, {|CLIP007:_dW2|};
        }
        """;

    [Fact]
    public Task Marks_a_field_and_keeps_its_comments() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            [Gradient] private readonly float[] _dB = new float[2];
            private readonly float[] _w = new float[4]; // weights

            /// <summary>Of the loss by w.</summary>
            // Accumulated over the batch.
            private readonly float[] {|CLIP007:_dW|} = new float[4]; // cleared by the optimizer
        }
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            [Gradient] private readonly float[] _dB = new float[2];
            private readonly float[] _w = new float[4]; // weights

            /// <summary>Of the loss by w.</summary>
            // Accumulated over the batch.
            [Gradient] private readonly float[] _dW = new float[4]; // cleared by the optimizer
        }
        """);

    [Fact]
    public Task Leaves_a_field_out() => VerifyAsync(
        Ignore,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            [Gradient] private readonly float[] _dB = new float[2];
            private readonly float[] _w = new float[4];
            private readonly float[] {|CLIP007:_dW|} = new float[4]; // frozen
        }
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        public sealed partial class Net
        {
            [Gradient] private readonly float[] _dB = new float[2];
            private readonly float[] _w = new float[4];
            [ClipIgnore] private readonly float[] _dW = new float[4]; // frozen
        }
        """);

    [Fact]
    public Task Marks_properties_and_stands_where_other_attributes_stand() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            public float[] W { get; } = new float[4];
            public float[] {|CLIP007:DW|} { get; } = new float[4];

            public float[,] Weights1 { get; set; }

            [System.Obsolete]
            public float[,] {|CLIP007:WeightGradients1|} { get; set; }

            private float[] _b;
            [System.Obsolete] private float[] {|CLIP007:_dB|};
        }
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            public float[] W { get; } = new float[4];
            [Gradient] public float[] DW { get; } = new float[4];

            public float[,] Weights1 { get; set; }

            [Gradient]
            [System.Obsolete]
            public float[,] WeightGradients1 { get; set; }

            private float[] _b;
            [Gradient] [System.Obsolete] private float[] _dB;
        }
        """,
        diagnostics: 3);

    [Fact]
    public Task One_attribute_declares_all_gradients_of_a_declaration() => VerifyAsync(
        Declare,
        TwoGradients,
        TwoGradients.Replace("float[,] {|CLIP007:_dW1|}, {|CLIP007:_dW2|};", "[Gradient] float[,] _dW1, _dW2;", StringComparison.Ordinal),
        diagnostics: 2,
        iterations: 1);

    [Fact]
    public Task Only_the_gradient_of_the_diagnostic_is_left_out() => VerifyAsync(
        Ignore,
        TwoGradients,
        TwoGradients.Replace(
            "float[,] {|CLIP007:_dW1|}, {|CLIP007:_dW2|};",
            "[ClipIgnore] float[,] _dW1;\n    [ClipIgnore] float[,] _dW2;",
            StringComparison.Ordinal),
        diagnostics: 2,
        fixedAtOnce: TwoGradients.Replace("float[,] {|CLIP007:_dW1|}, {|CLIP007:_dW2|};", "[ClipIgnore] float[,] _dW1, _dW2;",
            StringComparison.Ordinal));

    [Fact]
    public Task Takes_mixed_declarations_apart() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            // Layer 1
            private float[] _w1, {|CLIP007:_dW1|}, _hidden;
            private readonly float[] _w2 = { 1, 2 }, // weights
                {|CLIP007:_dW2|} = { 0, 0 }, // gradients
                /* scratch */ _errors = { 0, 0 };
        }
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            // Layer 1
            private float[] _w1;
            [Gradient] private float[] _dW1;
            private float[] _hidden;
            private readonly float[] _w2 = { 1, 2 }; // weights
            [Gradient] private readonly float[] _dW2 = { 0, 0 }; // gradients
            /* scratch */ private readonly float[] _errors = { 0, 0 };
        }
        """,
        diagnostics: 2);

    [Fact]
    public Task Names_the_gradient_in_its_parameter() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0), ClipGradNorm(2.0, Group = "g")]
        partial class Net
        {
            [Gradient] float[] _dV;
            [Parameter] float[] _w1;
            [Parameter(Group = "g")] float[] _w2;
            [Parameter()] float[] W3 { get; set; }
            float[] {|CLIP007:_dW1|}, {|CLIP007:_dW2|};
            float[] {|CLIP007:GradW3|} { get; set; }
        }
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0), ClipGradNorm(2.0, Group = "g")]
        partial class Net
        {
            [Gradient] float[] _dV;
            [Parameter(Gradient = nameof(_dW1))] float[] _w1;
            [Parameter(Group = "g", Gradient = nameof(_dW2))] float[] _w2;
            [Parameter(Gradient = nameof(GradW3))] float[] W3 { get; set; }
            float[] _dW1, _dW2;
            float[] GradW3 { get; set; }
        }
        """,
        diagnostics: 3);

    [Fact]
    public Task Marks_the_gradients_of_parameters_that_share_an_attribute() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            [Parameter] float[] _w1, _w2;
            float[] {|CLIP007:_dW1|}, {|CLIP007:_dW2|};
        }
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            [Parameter] float[] _w1, _w2;
            [Gradient] float[] _dW1, _dW2;
        }
        """,
        diagnostics: 2,
        iterations: 1);

    [Fact]
    public Task Makes_a_wrapper_in_a_file_of_its_own_a_source() => VerifyAsync(
        Declare,
        [
            "[ClipGen.ClipGradNorm(1.0)] partial class Net { Matrices.Outer.Matrix _w; }\n",
            """
            // Copyright: nobody.

            /* documentation */
            namespace Matrices
            {
                public class Outer
                {
                    public sealed class Matrix
                    {
                        public float[] Data = new float[4];
                        public float[] {|CLIP007:Grad|} = new float[4];
                    }
                }
            }
            """,
            """
            using System;
            using System.Linq;
            using Matrices;
            using static System.Math;

            [ClipGen.ClipGradNorm(1.0)]
            partial class Net2
            {
                double[] _bias, {|CLIP007:_dBias|};
            }
            """,
        ],
        [
            "[ClipGen.ClipGradNorm(1.0)] partial class Net { Matrices.Outer.Matrix _w; }\n",
            """
            // Copyright: nobody.

            using ClipGen;

            /* documentation */
            namespace Matrices
            {
                public partial class Outer
                {
                    public sealed partial class Matrix
                    {
                        public float[] Data = new float[4];
                        [Gradient] public float[] Grad = new float[4];
                    }
                }
            }
            """,
            """
            using System;
            using System.Linq;
            using ClipGen;
            using Matrices;
            using static System.Math;

            [ClipGen.ClipGradNorm(1.0)]
            partial class Net2
            {
                double[] _bias;
                [Gradient] double[] _dBias;
            }
            """,
        ],
        diagnostics: 2);

    [Fact]
    public Task Leaving_a_wrapper_out_does_not_make_it_partial() => VerifyAsync(
        Ignore,
        """
        [ClipGen.ClipGradNorm(1.0)] partial class Net { Matrix _w; [ClipGen.Gradient] float[] _dB; }
        /// <summary>Documented.</summary>
        class Matrix { public float[] Data, Extra; public float[] {|CLIP007:Grad|}; }
        """,
        """
        using ClipGen;

        [ClipGen.ClipGradNorm(1.0)] partial class Net { Matrix _w; [ClipGen.Gradient] float[] _dB; }
        /// <summary>Documented.</summary>
        class Matrix { public float[] Data, Extra; [ClipIgnore] public float[] Grad; }
        """);

    [Fact]
    public Task Writes_the_full_name_where_the_short_one_means_something_else() => VerifyAsync(
        Declare,
        """
        class Gradient : System.Attribute { }
        [ClipGen.ClipGradNorm(1.0)] partial class Net { float[] _w; float[] {|CLIP007:_dW|}; }
        """,
        """
        class Gradient : System.Attribute { }
        [ClipGen.ClipGradNorm(1.0)] partial class Net { float[] _w; [global::ClipGen.GradientAttribute] float[] _dW; }
        """);

    [Fact]
    public Task Writes_the_short_name_beside_a_colour_gradient() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        class Gradient { }
        [ClipGradNorm(1.0)] partial class Net { float[] _w; float[] {|CLIP007:_dW|}; Gradient _sky; }
        """,
        """
        using ClipGen;

        class Gradient { }
        [ClipGradNorm(1.0)] partial class Net { float[] _w; [Gradient] float[] _dW; Gradient _sky; }
        """);

    [Fact]
    public Task Marks_parameters_of_records() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        [ClipGradNorm(1.0)] sealed partial record Net(float[] W, float[] {|CLIP007:DW|});
        """,
        """
        using ClipGen;

        [ClipGradNorm(1.0)] sealed partial record Net(float[] W, [property: Gradient] float[] DW);
        """);

    [Fact]
    public Task Marks_what_a_derived_type_holds() => VerifyAsync(
        Declare,
        """
        using ClipGen;

        partial class Linear { [Gradient] float[] _dW; }
        class Residual : Linear { Linear {|CLIP007:_extra|}; }
        """,
        """
        using ClipGen;

        partial class Linear { [Gradient] float[] _dW; }
        partial class Residual : Linear { [Gradient] Linear _extra; }
        """);

    [Fact]
    public Task Reaches_the_other_file_of_a_partial_type() => VerifyAsync(
        Declare,
        [
            OtherFile,
            """
            partial class Net
            {
                float[] {|CLIP007:_dW|};
            }

            """,
        ],
        [
            OtherFile,
            """
            using ClipGen;

            partial class Net
            {
                [Gradient] float[] _dW;
            }

            """,
        ]);

    private const string OtherFile =
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            [Parameter] float[] _w;
        }

        """;

    private static Task VerifyAsync(
        string key, string source, string fixedSource, int diagnostics = 1, int? iterations = null, string? fixedAtOnce = null) =>
        VerifyAsync(key, [source], [fixedSource], diagnostics, iterations, fixedAtOnce);

    private static async Task VerifyAsync(
        string key, string[] sources, string[] fixedSources, int diagnostics = 1, int? iterations = null, string? fixedAtOnce = null)
    {
        var test = new CSharpCodeFixTest<UndeclaredGradientAnalyzer, DeclareGradientCodeFix, DefaultVerifier>
        {
            CodeActionEquivalenceKey = key,
            ReferenceAssemblies = new ReferenceAssemblies("none"),
            NumberOfFixAllIterations = 1,
            NumberOfFixAllInDocumentIterations = sources.Length > 1 && diagnostics > 1 ? 2 : 1,
        };
        if (iterations is { } expected)
        {
            test.NumberOfIncrementalIterations = expected;
        }

        test.TestState.Sources.AddRange(sources.Select((source, i) => ($"File{i}.cs", SourceText.From(source))));
        test.FixedState.Sources.AddRange(fixedSources.Select((source, i) => ($"File{i}.cs", SourceText.From(source))));
        if (fixedAtOnce is not null)
        {
            test.BatchFixedState.InheritanceMode = StateInheritanceMode.AutoInherit;
            test.BatchFixedState.Sources.Add(("File0.cs", SourceText.From(fixedAtOnce)));
        }

        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
        {
            state.AdditionalReferences.AddRange(Net100.References.All);
            state.AdditionalReferences.Add(UndeclaredGradientVerifier.Runtime);
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
        await UndeclaredGradientVerifier.VerifyFilesAsync([UndeclaredGradientVerifier.Runtime], usings: "", fixedSources);
        await NothingNew.AssertAsync(sources, fixedSources, [.. Net100.References.All, UndeclaredGradientVerifier.Runtime],
            DiagnosticSeverity.Error);
    }
}
