using System.Globalization;
using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Declarations;
using ClipGen.CodeFixes.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>
/// CLIP007 and CLIP003 where the type that holds a gradient belongs to another assembly. The text in the message and the text of the fix
/// compile.
/// </summary>
public sealed class ForeignGradientTests
{
    private const string Theirs =
        """
        namespace Theirs
        {
            public class Matrix { public float[] Data = new float[1]; public float[] Grad = new float[1]; }
            public class Matrix<T> where T : struct { public T[] Values = new T[1]; public T[] Gradient = new T[1]; }
            public class Brush { public float[] Data = new float[1]; public float[] Gradient = new float[1]; }
            public class Linear : Layer
            {
                public float[,] Weights = new float[1, 1]; public float[,] WeightGradients = new float[1, 1];
                public float[] Bias = new float[1]; public float[] BiasGradients = new float[1];
                public float[] LastInput = new float[1]; public float[] LastInputGradient = new float[1];
                internal float[] Kernel = new float[1]; internal float[] KernelGradient = new float[1];
            }
            public abstract class Layer { public void Forward() { } }
            public class Special : Weighted { }
            public class Weighted { public float[][] W = new float[1][]; public float[][] DW = new float[1][]; public void Backward() { } }
            public interface ILayer { float[] Weights { get; } float[] WeightGradients { get; } }
            public class Outer { public struct Tensor { public float[] Data; public float[] Grad; } }
        }

        namespace Theirs.@event { public class Parameter { public float[] Value = new float[1], Grad = new float[1]; } }

        namespace MathNet.Numerics.LinearAlgebra
        {
            public abstract class Matrix<T> where T : struct
            {
                public T[] ToColumnMajorArray() => new T[1];
                public T[,] AsArray() => null;
                public T[] AsColumnMajorArray() => new T[1];
            }

            public abstract class Vector<T> where T : struct { public T[] ToArray() => new T[1]; public T[] AsArray() => new T[1]; }
        }

        """;

    private static MetadataReference[] References => [UndeclaredGradientVerifier.Runtime, Library.Compile(Theirs)];

    [Theory]
    [InlineData("Theirs.Matrix {|CLIP007:_m|};", "[assembly: GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))]")]
    [InlineData("List<Theirs.Matrix[]> {|CLIP007:_m|};", "[assembly: GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))]")]
    [InlineData("Theirs.Matrix<float> {|CLIP007:_m|};", "[assembly: GradientSource(typeof(Theirs.Matrix<>), \"Gradient\")]")]
    [InlineData(
        "Theirs.Linear {|CLIP007:_m|};",
        "[assembly: GradientSource(typeof(Theirs.Linear), nameof(Theirs.Linear.WeightGradients), nameof(Theirs.Linear.BiasGradients))]")]
    [InlineData("Theirs.Special {|CLIP007:_m|};", "[assembly: GradientSource(typeof(Theirs.Weighted), nameof(Theirs.Weighted.DW))]")]
    [InlineData(
        "Theirs.ILayer[] {|CLIP007:_m|};",
        "[assembly: GradientSource(typeof(Theirs.ILayer), nameof(Theirs.ILayer.WeightGradients))]")]
    [InlineData(
        "Theirs.Outer.Tensor {|CLIP007:_m|};",
        "[assembly: GradientSource(typeof(Theirs.Outer.Tensor), nameof(Theirs.Outer.Tensor.Grad))]")]
    [InlineData(
        "Theirs.@event.Parameter {|CLIP007:_m|};",
        "[assembly: GradientSource(typeof(Theirs.@event.Parameter), nameof(Theirs.@event.Parameter.Grad))]")]
    public async Task The_message_declares_the_gradients_of_the_type(string member, string declaration)
    {
        string net = Net(member);
        string message = Assert.Single(await UndeclaredGradientVerifier.VerifyAsync(References, net));
        Assert.Contains(
            $", so clipping 'Net' leaves it out. Add {declaration} at the top of a file, or mark", message, StringComparison.Ordinal);

        // The suggested text compiles and declares all gradients.
        string declared = declaration + "\n"
            + net.Replace("{|CLIP007:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);
        await UndeclaredGradientVerifier.VerifyAsync(References, declared);
        Assert.Empty(await DeclarationVerifier.VerifyAsync(declared, References[1]));
    }

    [Theory]
    [InlineData("using Theirs; using ClipGen;", "GradientSource(typeof(Matrix), nameof(Matrix.Grad))")]
    [InlineData("using Theirs;", "ClipGen.GradientSource(typeof(Matrix), nameof(Matrix.Grad))")]
    [InlineData("using ClipGen;", "GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))")]
    [InlineData("using Theirs; using Ours; using ClipGen;", "GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))")]
    [InlineData(
        "using Matrix = System.String; using Theirs; using ClipGen;",
        "GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))")]
    [InlineData(
        "using Theirs = System.Text; using ClipGen;",
        "GradientSource(typeof(global::Theirs.Matrix), nameof(global::Theirs.Matrix.Grad))")]
    [InlineData("using static System.Math; using ClipGen;", "GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))")]
    public async Task Names_are_as_short_as_the_file_allows(string usings, string declaration)
    {
        string[] sources =
        [
            """
            [ClipGen.ClipGradNorm(1)]
            partial class Net
            {
                [ClipGen.Gradient] float[] _dB = [];
                global::Theirs.Matrix {|CLIP007:_m|};
            }
            """,
            "namespace Ours { class Matrix { } }",
        ];
        string message = Assert.Single(await UndeclaredGradientVerifier.VerifyFilesAsync(References, usings + "\n", sources));
        Assert.Contains($"Add [assembly: {declaration}] at the top", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Theirs.Brush _m;")]
    [InlineData("Theirs.Layer _m;")]
    [InlineData("[ClipIgnore] Theirs.Matrix _m;")]
    [InlineData("Theirs.Matrix _m; [Gradient] float[] G => _m.Grad;")]
    [InlineData("Theirs.Matrix _h; void Forward(Theirs.Matrix x) { _h = x; }")]
    [InlineData("Theirs.Matrix _runningMean, _mask;")]
    [InlineData("MathNet.Numerics.LinearAlgebra.Matrix<float> _hidden, _dHidden, _output;")]
    [InlineData("""
        MathNet.Numerics.LinearAlgebra.Matrix<float> _weights, _dWeights;
        void Forward(float[] x) { _weights = Make(x); }
        static MathNet.Numerics.LinearAlgebra.Matrix<float> Make(float[] x) => null;
        """)]
    [InlineData("MathNet.Numerics.LinearAlgebra.Matrix<float> _w, _dW; [Gradient] float[] E => _dW.AsColumnMajorArray();")]
    [InlineData("MathNet.Numerics.LinearAlgebra.Matrix<float> _w; MathNet.Numerics.LinearAlgebra.Matrix<double> _dW;")]
    [InlineData("System.Numerics.Vector3 _w, _dW; DateTime _b, _db;")]
    public Task Is_not_reported_where_nothing_is_missing(string members) => UndeclaredGradientVerifier.VerifyAsync(
        References, Net(members));

    [Theory]
    [InlineData(
        "Matrix<float> _w, {|CLIP007:_dW|};",
        "[Gradient] private float[] DWElements => _dW.AsColumnMajorArray() "
            + "?? throw new System.InvalidOperationException(\"_dW does not store its elements in one array.\");")]
    [InlineData(
        "Vector<double> _biases, {|CLIP007:m_biasGradients|};",
        "[Gradient] private double[] BiasGradientsElements => m_biasGradients.AsArray() "
            + "?? throw new System.InvalidOperationException(\"m_biasGradients does not store its elements in one array.\");")]
    [InlineData(
        "Matrix<float>[] _weights, {|CLIP007:_weightGrads|};",
        "[Gradient] private System.Collections.Generic.IEnumerable<float[]> WeightGradsElements => "
            + "System.Linq.Enumerable.Select(_weightGrads, item => item.AsColumnMajorArray() "
            + "?? throw new System.InvalidOperationException(\"_weightGrads does not store its elements in one array.\"));")]
    [InlineData("Mat _w, {|CLIP007:_dW|}; int DWElements;", "[Gradient] private double[,] DWElements2 => _dW?.Values;")]
    [InlineData("Pixels _w = new(), {|CLIP007:_dW|} = new();", "[Gradient] private System.Span<float> DWElements => _dW.AsSpan();")]
    public async Task The_message_hands_over_the_elements_of_a_matrix(string members, string property)
    {
        static string Program(string members) =>
            $$"""
            using MathNet.Numerics.LinearAlgebra;

            {{Net(members)}}
            class Mat
            {
                readonly double[,] _m = new double[1, 1];
                public double[,] Values => _m;
            }

            struct Pixels
            {
                public float[] A;
                public Span<float> AsSpan() => A;
            }
            """;

        string message = Assert.Single(await UndeclaredGradientVerifier.VerifyAsync(References, Program(members)));
        Assert.Contains($"Return its elements from a property, '{property}', or mark", message, StringComparison.Ordinal);

        string declared = members.Replace("{|CLIP007:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);
        await UndeclaredGradientVerifier.VerifyAsync(References, Program(declared + " " + property));
    }

    [Theory]
    [InlineData(
        """
        class Matrix { public double Get(int i) => 0; }
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g = []; Matrix _w, {|CLIP007:_dW|}; }
        """)]
    [InlineData(
        """
        class Matrix { double[] _m = []; }
        class Weight : Matrix { public Matrix {|CLIP007:Gradient|}; }
        [ClipGradNorm(1)] partial class Net { Weight _w; }
        """)]
    public async Task Says_so_where_a_matrix_hands_out_no_elements(string source)
    {
        string message = Assert.Single(await UndeclaredGradientVerifier.VerifyAsync(source));
        Assert.Contains("as no member of 'Matrix' does", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "[{|CLIP003:Gradient|}] Theirs.Matrix _m;",
        "; declare its gradient at the top of a file: [assembly: GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))].")]
    [InlineData(
        "[{|CLIP003:Gradient|}] List<Theirs.Matrix<double>> _m;",
        ": [assembly: GradientSource(typeof(Theirs.Matrix<>), \"Gradient\")].")]
    [InlineData("[{|CLIP003:Gradient|}] Mine _m;", "; mark 'Grad' in 'Mine' with [Gradient].")]
    [InlineData(
        "[{|CLIP003:Gradient|}] MathNet.Numerics.LinearAlgebra.Matrix<float> _dW;",
        "; remove the attribute and return its elements from a property, "
            + "'[Gradient] private float[] DWElements => _dW.AsColumnMajorArray() ?? throw new ")]
    [InlineData("[{|CLIP003:Gradient|}] Theirs.Layer _m;", "'Layer' is not a supported form of gradient. Forms that work")]
    [InlineData("[{|CLIP003:Gradient|}] DateTime _;", "'DateTime' is not a supported form of gradient. Forms that work")]
    public async Task CLIP003_says_how_to_declare_the_type(string member, string advice)
    {
        string source = Net(member) + "class Mine { public float[] Grad = []; }";
        Diagnostic diagnostic = Assert.Single(await DeclarationVerifier.VerifyAsync(source, References[1]));
        Assert.Contains(advice.TrimEnd('.'), diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public Task The_fix_declares_each_type_once() => VerifyFixAsync<UndeclaredGradientAnalyzer, DeclareGradientCodeFix>(
        "ClipGen.DeclareGradient",
        [
            """
            // Networks.

            using ClipGen;
            using Theirs;

            [ClipGradNorm(1.0)]
            partial class Net
            {
                [Gradient] float[] _dB;
                Matrix {|CLIP007:_m|};
                Matrix[] {|CLIP007:_more|};
                Linear {|CLIP007:_linear|};
            }
            """,
            """
            using ClipGen;
            using Theirs;

            [ClipGradNorm(1.0)]
            partial class Other
            {
                [Gradient] float[] _dB;
                Matrix {|CLIP007:_m|};
            }
            """,
        ],
        [
            """
            // Networks.

            using ClipGen;
            using Theirs;

            [assembly: GradientSource(typeof(Matrix), nameof(Matrix.Grad))]
            [assembly: GradientSource(typeof(Linear), nameof(Linear.WeightGradients), nameof(Linear.BiasGradients))]

            [ClipGradNorm(1.0)]
            partial class Net
            {
                [Gradient] float[] _dB;
                Matrix _m;
                Matrix[] _more;
                Linear _linear;
            }
            """,
            """
            using ClipGen;
            using Theirs;

            [ClipGradNorm(1.0)]
            partial class Other
            {
                [Gradient] float[] _dB;
                Matrix _m;
            }
            """,
        ],
        iterations: 2);

    [Fact]
    public Task The_fix_stands_behind_other_attributes() => VerifyFixAsync<UndeclaredGradientAnalyzer, DeclareGradientCodeFix>(
        "ClipGen.DeclareGradient",
        [
            """
            [assembly: System.CLSCompliant(false)]
            [ClipGen.ClipGradNorm(1)]
            partial class Net
            {
                [ClipGen.Gradient] float[] _dB;
                Theirs.Matrix {|CLIP007:_m|};
            }
            """,
        ],
        [
            """
            [assembly: System.CLSCompliant(false)]
            [assembly: ClipGen.GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))]
            [ClipGen.ClipGradNorm(1)]
            partial class Net
            {
                [ClipGen.Gradient] float[] _dB;
                Theirs.Matrix _m;
            }
            """,
        ],
        iterations: 1);

    [Fact]
    public Task The_fix_begins_a_file_without_usings() => VerifyFixAsync<UndeclaredGradientAnalyzer, DeclareGradientCodeFix>(
        "ClipGen.DeclareGradient",
        [
            """
            [ClipGen.ClipGradNorm(1)]
            partial class Net
            {
                [ClipGen.Gradient] float[] _dB;
                Theirs.Matrix<float> {|CLIP007:_m|};
            }

            """,
        ],
        [
            """
            [assembly: ClipGen.GradientSource(typeof(Theirs.Matrix<>), "Gradient")]

            [ClipGen.ClipGradNorm(1)]
            partial class Net
            {
                [ClipGen.Gradient] float[] _dB;
                Theirs.Matrix<float> _m;
            }

            """,
        ],
        iterations: 1);

    [Fact]
    public Task The_fix_adds_a_property_for_every_matrix() => VerifyFixAsync<UndeclaredGradientAnalyzer, DeclareGradientCodeFix>(
        "ClipGen.DeclareGradient",
        [
            """
            using ClipGen;

            [ClipGradNorm(1.0)]
            partial class Net
            {
                [Gradient] float[] _dB;
                readonly Mat _w1 = new(), _w2 = new();
                readonly Mat {|CLIP007:_dW1|} = new(), {|CLIP007:_dW2|} = new(); // gradients
                public void Forward() { }
            }

            class Mat { public float[] Data = new float[1]; }
            """,
        ],
        [
            """
            using ClipGen;

            [ClipGradNorm(1.0)]
            partial class Net
            {
                [Gradient] float[] _dB;
                readonly Mat _w1 = new(), _w2 = new();
                readonly Mat _dW1 = new(), _dW2 = new();
                [Gradient] private float[] DW1Elements => _dW1?.Data;
                [Gradient] private float[] DW2Elements => _dW2?.Data; // gradients
                public void Forward() { }
            }

            class Mat { public float[] Data = new float[1]; }
            """,
        ],
        iterations: 2,
        fixedOneByOne:
        """
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Net
        {
            [Gradient] float[] _dB;
            readonly Mat _w1 = new(), _w2 = new();
            readonly Mat _dW1 = new(), _dW2 = new();
            [Gradient] private float[] DW2Elements => _dW2?.Data;
            [Gradient] private float[] DW1Elements => _dW1?.Data; // gradients
            public void Forward() { }
        }

        class Mat { public float[] Data = new float[1]; }
        """);

    [Fact]
    public Task The_fix_of_CLIP003_declares_the_type() => VerifyFixAsync<DeclarationAnalyzer, DeclareForeignGradientCodeFix>(
        "ClipGen.DeclareForeignGradient",
        [
            """
            using ClipGen;

            [ClipGradNorm(1)] partial class Net
            {
                [{|CLIP003:Gradient|}] Theirs.Matrix _m;
                [{|CLIP003:Gradient|}] Theirs.Matrix[] Ms { get; }
            }

            """,
        ],
        [
            """
            using ClipGen;

            [assembly: GradientSource(typeof(Theirs.Matrix), nameof(Theirs.Matrix.Grad))]

            [ClipGradNorm(1)] partial class Net
            {
                [Gradient] Theirs.Matrix _m;
                [Gradient] Theirs.Matrix[] Ms { get; }
            }

            """,
        ],
        iterations: 1);

    [Theory]
    [InlineData("[{|CLIP003:Gradient|}] int _a;")]
    [InlineData("[{|CLIP003:Gradient|}] Theirs.Layer _m;")]
    [InlineData("[{|CLIP003:Gradient|}] float G(int i) => 0;")]
    public Task No_fix_is_offered_for_other_forms(string member)
    {
        string[] sources =
        [
            $$"""
            using ClipGen;

            [ClipGradNorm(1)]
            partial class Net
            {
                {{member}}
            }

            """,
        ];
        return VerifyFixAsync<DeclarationAnalyzer, DeclareForeignGradientCodeFix>(null, sources, sources, iterations: 0);
    }

    private static string Net(string members) =>
        $$"""
        [ClipGradNorm(1)]
        partial class Net
        {
            [Gradient] float[] _dB = new float[1];
            {{members}}
        }

        """;

    private static async Task VerifyFixAsync<TAnalyzer, TFix>(
        string? key, string[] sources, string[] fixedSources, int iterations, string? fixedOneByOne = null)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var test = new CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
        {
            CodeActionEquivalenceKey = key,
            ReferenceAssemblies = new ReferenceAssemblies("none"),
            NumberOfIncrementalIterations = iterations,
            MarkupOptions = MarkupOptions.UseFirstDescriptor,
        };
        for (int i = 0; i < sources.Length; i++)
        {
            test.TestState.Sources.Add(($"File{i}.cs", sources[i]));
            test.FixedState.Sources.Add(($"File{i}.cs", fixedOneByOne ?? fixedSources[i]));
            test.BatchFixedState.Sources.Add(($"File{i}.cs", fixedSources[i]));
        }

        // Without a fix, the diagnostics remain.
        test.FixedState.MarkupHandling = iterations == 0 ? MarkupMode.Allow : MarkupMode.IgnoreFixable;
        test.BatchFixedState.MarkupHandling = test.FixedState.MarkupHandling;
        test.BatchFixedState.InheritanceMode = StateInheritanceMode.AutoInherit;
        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
        {
            state.AdditionalReferences.AddRange(Net100.References.All);
            state.AdditionalReferences.AddRange(References);
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
        await NothingNew.AssertAsync(sources, fixedSources, [.. Net100.References.All, .. References], DiagnosticSeverity.Error);
    }
}
