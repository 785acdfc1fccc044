using System.Reflection;

namespace ClipGen.Generator.Tests;

/// <summary>The behavior of generated members, in models that are compiled and run.</summary>
public sealed class GeneratedMembersTests
{
    [Fact]
    public void Every_member_reaches_every_gradient_and_no_other()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public float[] A = { 3, 0 };
                public readonly Layer L = new Layer();
                public readonly List<Layer> Ls = new() { new Layer(), null!, new Layer() };
                [ClipIgnore] public readonly Layer Frozen = new Layer();
                public float[] Weight = { 100 };
            }

            public partial class Layer
            {
                [Gradient] public double[] G = { 4 };
                [Gradient] public float[]? Null;
                [Gradient] public float[] Empty = { };
            }
            """);

        Assert.Equal(["A", "L.G", "Ls[0].G", "Ls[2].G"], (IEnumerable<string>)model.GetGradientNames());
        double expected = Math.Sqrt(9 + 16 + 16 + 16);
        Assert.Equal(expected, (double)model.GradientNorm(), 12);
        var norms = new double[4];
        Assert.Equal(4, GetNorms(model, norms));
        Assert.Equal([3.0, 4.0, 4.0, 4.0], norms);

        model.ScaleGradients(2.0);
        Assert.Equal([6f, 0f], (float[])model.A);
        Assert.Equal(8.0, model.Ls[2].G[0]);

        ClipResult result = model.ClipGradients();
        Assert.True(result.Clipped);
        Assert.Equal(2 * expected, result.TotalNorm, 12);
        Assert.Equal(1.0, (double)model.GradientNorm(), 6);
        Assert.Equal(4.0, model.Frozen.G[0]);
        Assert.Equal(100f, model.Weight[0]);

        model.ZeroGradients();
        Assert.Equal(0.0, (double)model.GradientNorm());
        Assert.Equal(4.0, model.Frozen.G[0]);
    }

    [Fact]
    public void Groups_members_and_the_rest_are_clipped_apart()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            [ClipGradNorm(2.0, Group = "encoder")]
            [ClipGradValue(0.5, Group = "heads")]
            public partial class Model
            {
                [Gradient] public float[] Rest = { 10 };
                [Gradient(Group = "encoder")] public float[] E1 = { 6 };
                [Gradient(Group = "encoder")] public double[] E2 = { 8 };
                [Gradient(Group = "heads")] public readonly Layer Head = new Layer();
                [ClipGradNorm(5.0)] public float[] Own = { 50 };
                public readonly Layer Held = new Layer();
            }

            public partial class Layer { [Gradient] public double[] G = { 0.75, -9 }; }
            """);

        ClipResult result = model.ClipGradients();

        Assert.True(result.Clipped);
        Assert.Equal(1.2f, model.E1[0], 1e-6f);
        Assert.Equal(1.6, model.E2[0], 1e-6);
        Assert.Equal([0.5, -0.5], (double[])model.Head.G);
        Assert.Equal(5f, model.Own[0], 1e-6f);
        double rest = Math.Sqrt(100 + (0.75 * 0.75) + 81);
        Assert.Equal((float)(10 / rest), model.Rest[0], 1e-6f);
        Assert.Equal(-9 / rest, model.Held.G[1], 1e-6);
    }

    [Fact]
    public void A_limit_at_run_time_replaces_the_one_for_all_and_leaves_groups_theirs()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            [ClipGradNorm(2.0, Group = "encoder")]
            public partial class Model
            {
                [Gradient] public float[] Rest = { 10 };
                [Gradient(Group = "encoder")] public float[] Encoder = { 10 };
            }
            """);

        model.ClipGradients(4.0);

        Assert.Equal(4f, model.Rest[0], 1e-6f);
        Assert.Equal(2f, model.Encoder[0], 1e-6f);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.ClipGradients(-1.0));
    }

    [Fact]
    public void A_group_that_a_layer_declares_is_found_through_the_model()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0, Group = "weights")]
            [ClipGradNorm(0.1, Group = "biases")]
            public partial class Model { public readonly Layer[] Layers = { new Layer(), new Layer() }; }

            public partial class Layer
            {
                [Gradient(Group = "weights")] public float[] W = { 3 };
                [Gradient(Group = "biases")] public float[] B = { 4 };
            }
            """);

        model.ClipGradients();

        Assert.Equal((float)Math.Sqrt(0.5), model.Layers[1].W[0], 1e-6f);
        Assert.Equal((float)(0.1 * Math.Sqrt(0.5)), model.Layers[0].B[0], 1e-6f);
    }

    [Fact]
    public void Private_gradients_of_bases_and_those_of_derived_layers_are_reached()
    {
        dynamic model = Create(
            """
            public abstract partial class Layer { [Gradient] private readonly float[] _base = { 1 }; }
            public partial class Dense : Layer { [Gradient] private readonly float[] _dense = { 1 }; }
            public sealed partial class Wide : Dense { [Gradient] private readonly float[] _wide = { 1 }; }

            [ClipGradNorm(1.0)]
            public partial class Network
            {
                [Gradient] private readonly float[] _own = { 1 };
                private readonly Layer[] _layers = { new Dense(), new Wide() };
            }

            [ClipGradNorm(3.0)]
            public sealed partial class Model : Network { [Gradient] private readonly float[] _more = { 1 }; }
            """);

        Assert.Equal(
            ["_own", "_layers[0]._base", "_layers[0]._dense", "_layers[1]._base", "_layers[1]._dense", "_layers[1]._wide", "_more"],
            (IEnumerable<string>)model.GetGradientNames());
        Assert.False(((ClipResult)model.ClipGradients()).Clipped);
        Assert.Equal(7, Math.Pow(((ClipResult)model.ClipGradients()).TotalNorm, 2), 9);
    }

    [Fact]
    public void A_gradient_reached_by_two_paths_counts_once()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                public static readonly float[] Shared = { 3, 4 };
                [Gradient] public float[] Embedding = Shared;
                public readonly Layer Decoder = new Layer();
            }

            public partial class Layer { [Gradient] public float[] G = Model.Shared; }
            """);

        ClipResult result = model.ClipGradients();

        Assert.Equal(5.0, result.TotalNorm, 6);
        Assert.Equal([0.6f, 0.8f], (float[])model.Embedding);
        Assert.Equal(["Embedding"], (IEnumerable<string>)model.GetGradientNames());
    }

    [Theory]
    [InlineData("Layers[1].G", "model.Layers[1].G[0] = float.NaN;")]
    [InlineData("ByName[head].G", "model.ByName[\"head\"].G[0] = float.NegativeInfinity;")]
    [InlineData("Jagged[1]", "model.Jagged[1][2] = float.NaN;")]
    public void The_exception_names_the_path_and_nothing_is_changed(string path, string fault)
    {
        Assembly assembly = Compile(
            $$"""
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public float[][] Jagged = { new float[] { 9 }, new float[3] };
                public readonly Layer[] Layers = { new Layer(), new Layer() };
                public readonly Dictionary<string, Layer> ByName = new() { ["head"] = new Layer() };
                public static Model Faulty() { var model = new Model(); {{fault}} return model; }
            }

            public partial class Layer { [Gradient] public float[] G = { 1 }; }
            """);
        dynamic model = assembly.GetType("Model")!.GetMethod("Faulty")!.Invoke(null, null)!;

        var thrown = Assert.Throws<NonFiniteGradientException>((Action)(() => model.ClipGradients()));

        Assert.Equal(path, thrown.GradientName);
        Assert.Equal(9f, model.Jagged[0][0]);
    }

    [Fact]
    public void Structs_records_and_generic_models_are_models_too()
    {
        Assembly assembly = Compile(
            """
            public partial class Outer<T>
            {
                [ClipGradNorm(1.0)]
                public partial struct Point { public Point() { } [Gradient] public T[] G = new T[2]; }
            }

            [ClipGradValue(0.5)]
            public sealed partial record Settings([property: Gradient] double[] G);

            [ClipGradNorm(1.0)]
            public partial record struct Pair { public Pair() { } [Gradient] public float[] A { get; } = { 3, 4 }; }
            """);

        dynamic point = Activator.CreateInstance(assembly.GetType("Outer`1+Point")!.MakeGenericType(typeof(Half)))!;
        point.G[0] = (Half)300;
        Assert.Equal(300.0, ((ClipResult)point.ClipGradients()).TotalNorm);
        Assert.Equal((Half)1, point.G[0]);

        dynamic settings = Activator.CreateInstance(assembly.GetType("Settings")!, new double[] { 1, -0.25 })!;
        settings.ClipGradients();
        Assert.Equal([0.5, -0.25], (double[])settings.G);

        dynamic pair = Activator.CreateInstance(assembly.GetType("Pair")!)!;
        pair.ClipGradients();
        Assert.Equal([0.6f, 0.8f], (float[])pair.A);
    }

    [Fact]
    public void Tensors_are_clipped_dense_and_strided()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                public static readonly System.Numerics.Tensors.Tensor<float> Whole =
                    System.Numerics.Tensors.Tensor.Create(new float[] { 1, 2, 3, 4, 5, 6 }, new nint[] { 2, 3 });
                [Gradient] public System.Numerics.Tensors.Tensor<double> Dense =
                System.Numerics.Tensors.Tensor.Create(new double[] { 3, 4 }, new nint[] { 2, 1 });
                [Gradient] public System.Numerics.Tensors.Tensor<float> Columns =
                Whole.Slice(new NRange[] { new NRange(0, 2), new NRange(0, 2) });
                [Gradient] public System.Numerics.Tensors.Tensor<float>? Null;
                public static float[] Elements() { var all = new float[6]; Whole.FlattenTo(all); return all; }
            }
            """.Replace("NRange", "System.Buffers.NRange", StringComparison.Ordinal));

        ClipResult result = model.ClipGradients();

        double norm = Math.Sqrt(25 + 1 + 4 + 16 + 25);
        Assert.Equal(norm, result.TotalNorm, 6);
        Assert.Equal(["Dense", "Columns[0]", "Columns[1]"], (IEnumerable<string>)model.GetGradientNames());
        var elements = (float[])((object)model).GetType().GetMethod("Elements")!.Invoke(null, null)!;
        Assert.Equal(
            new double[] { 1 / norm, 2 / norm, 3, 4 / norm, 5 / norm, 6 },
            elements.Select(element => (double)element),
            (expected, actual) => Math.Abs(expected - actual) < 1e-6);
    }

    [Fact]
    public void Tuples_pairs_and_values_that_may_be_missing_are_reached()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                public readonly List<(string Name, Layer Layer)> Named = new() { ("first", new Layer()), ("none", null!) };
                public readonly KeyValuePair<string, Layer> Pair = new("second", new Layer());
                public readonly (Layer, Layer[] @class)? Both = (new Layer(), new[] { new Layer() });
                public readonly (Layer, Layer)? Neither;
                public readonly System.Collections.Immutable.ImmutableArray<Layer>? Fixed =
                System.Collections.Immutable.ImmutableArray.Create(new Layer());
                public readonly System.Collections.Immutable.ImmutableArray<Layer>? NotFixed;
                [Gradient] public (float[] Weights, string Name, double[]? Bias) Own = (new float[] { 3 }, "own", null);
                [Gradient] public Memory<float>? Memory = new float[] { 3, 3 };
                [Gradient] public Memory<float>? NoMemory;
                [Gradient] public ArraySegment<double>? Segment = new(new double[] { 100, 3, 100 }, 1, 1);
                [Gradient] public ArraySegment<double>? NoSegment;
                [ClipIgnore] public readonly (Layer, int) Frozen = (new Layer(), 1);
            }

            public partial class Layer { [Gradient] public float[] G = { 3 }; }
            """);

        Assert.Equal(
            ["Named[0].Layer.G", "Pair.Value.G", "Both.Item1.G", "Both.class[0].G", "Fixed[0].G", "Own.Weights", "Memory", "Segment"],
            (IEnumerable<string>)model.GetGradientNames());
        Assert.Equal(9, (double)model.GradientNorm(), 9);
        model.ZeroGradients();
        Assert.Equal(0, (double)model.GradientNorm());
        Assert.Equal(3f, model.Frozen.Item1.G[0]);
    }

    [Theory]
    [InlineData("where T : struct, System.Numerics.IFloatingPoint<T>")]
    [InlineData("where T : unmanaged, IComparable<T>, IEquatable<T>")]
    public void An_element_type_whose_constraint_names_itself(string constraint)
    {
        Assembly assembly = Compile(
            $$"""
            [ClipGradNorm(1.0)]
            public partial class Model<T> {{constraint}}
            {
                [Gradient] public readonly T[] G = new T[2];
                [Gradient] public readonly List<T[,]> Matrices = new() { new T[1, 1] };
                public readonly Cell<T> Cell = new();
            }

            public partial class Cell<T> {{constraint}} { [Gradient] public readonly T[] G = new T[2]; }
            """);

        dynamic model = Activator.CreateInstance(assembly.GetType("Model`1")!.MakeGenericType(typeof(double)))!;
        model.Cell.G[1] = 3.0;
        model.Matrices[0][0, 0] = 4.0;
        Assert.Equal(5.0, ((ClipResult)model.ClipGradients()).TotalNorm);
    }

    [Fact]
    public void Types_of_other_assemblies_are_reached_through_the_assembly_attribute()
    {
        dynamic model = Create(
            """
            [assembly: GradientSource(typeof(Matrix), nameof(Matrix.Grad))]
            public class Matrix { public float[] Data = { 100 }; public float[] Grad = { 3 }; }
            public sealed class Square : Matrix { }

            [ClipGradNorm(1.0)]
            public partial class Model
            {
                public readonly Matrix W = new();
                public readonly List<Square> Layers = new() { new Square() };
                public Matrix? None;
            }
            """);

        Assert.Equal(["W.Grad", "Layers[0].Grad"], (IEnumerable<string>)model.GetGradientNames());
        Assert.Equal(Math.Sqrt(18), ((ClipResult)model.ClipGradients()).TotalNorm, 9);
        Assert.Equal(100f, model.W.Data[0]);
    }

    [Fact]
    public void A_base_class_without_gradients_is_a_source_if_declared()
    {
        dynamic model = Create(
            """
            [GradientSource] public abstract partial class Layer { }
            public sealed partial class Dense : Layer { [Gradient] private readonly float[] _dW = { 3 }; }
            public sealed class Relu : Layer { }

            [ClipGradNorm(1.0)]
            public partial class Model { private readonly Layer[] _layers = { new Relu(), new Dense() }; }
            """);

        Assert.Equal(["_layers[1]._dW"], (IEnumerable<string>)model.GetGradientNames());
    }

    [Fact]
    public void A_tree_of_nodes_is_walked_to_its_leaves()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public float[] G = { 1 };
                public Model? Left;
                public readonly List<Model> Others = new();
                [ClipIgnore] public Model? Parent;

                public Model() : this(2, null) { }
                private Model(int depth, Model? parent)
                {
                    Parent = parent;
                    if (depth > 0) { Left = new Model(depth - 1, this); Others.Add(new Model(depth - 1, this)); }
                }
            }
            """);

        Assert.Equal(
            ["G", "Left.G", "Left.Left.G", "Left.Others[0].G", "Others[0].G", "Others[0].Left.G", "Others[0].Others[0].G"],
            (IEnumerable<string>)model.GetGradientNames());
        Assert.Equal(Math.Sqrt(7), (double)model.GradientNorm(), 9);
    }

    private delegate int NormsReader(Span<double> norms);

    private static int GetNorms(object model, double[] norms) =>
        model.GetType().GetMethod("GetGradientNorms")!.CreateDelegate<NormsReader>(model)(norms);

    private static object Create(string source) => Activator.CreateInstance(Compile(source).GetType("Model")!)!;

    private static Assembly Compile(string source) =>
        GeneratorHarness.Run("using System; using System.Collections.Generic; using ClipGen;\n" + source).Load();
}
