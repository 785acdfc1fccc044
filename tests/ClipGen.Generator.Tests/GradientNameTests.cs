using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests;

/// <summary>No two gradients of a model have the same name. Gradients with different paths are named by their path only.</summary>
public sealed class GradientNameTests
{
    private const string Usings = "using System; using System.Collections.Generic; using ClipGen;\n";

    [Fact]
    public void A_member_that_a_base_has_as_well_begins_with_its_type()
    {
        AssertNames(
            """
            public partial class Base { [Gradient] private readonly float[] _dW = {3f}, _dBias = {1f}; }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base { [Gradient] private readonly float[] _dU = {5f}, _dW = {4f}; }
            """,
            "_dW", "_dBias", "_dU", "Model::_dW");
    }

    [Theory]
    [InlineData("[Gradient] private readonly float[] _dW = {1f}; [Gradient] private readonly float[] _dU = {2f};", "_dW", "_dU")]
    [InlineData("[Gradient] private readonly float[] _dU = {2f}; [Gradient] private readonly float[] _dW = {1f};", "_dU", "_dW")]
    public void Names_do_not_depend_on_the_order_of_members_and_types(string members, params string[] names)
    {
        string expected = string.Join(" ", [.. names, .. names.Select(name => "Model::" + name)]);
        string @base = $$"""public partial class Base { {{members}} }""";
        string model = $$"""[ClipGradNorm(1.0)] public sealed partial class Model : Base { {{members}} }""";

        AssertNames(@base + model, expected.Split(' '));
        AssertNames(model + @base, expected.Split(' '));
    }

    [Fact]
    public void Only_what_a_base_visits_counts()
    {
        AssertNames(
            """
            public partial class Base
            {
                [Gradient] private readonly float[] _dOther = {1f};
                private readonly float[] _dW = {2f};
                [ClipIgnore] private readonly Layer _layer = new();
                [ClipIgnore, Gradient] private readonly float[] _dLeftOut = {2f};
            }
            public partial class Layer { [Gradient] private readonly float[] _dW = {3f}; }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base
            {
                [Gradient] private readonly float[] _dW = {4f};
                private readonly Layer _layer = new();
                [Gradient] private readonly float[] _dLeftOut = {5f};
            }
            """,
            "_dOther", "_dW", "_layer._dW", "_dLeftOut");
    }

    [Fact]
    public void Held_sources_collections_and_properties_are_told_apart_too()
    {
        AssertNames(
            """
            public partial class Layer { [Gradient] private readonly float[] _dW = {3f}; }
            public partial class Base
            {
                private readonly List<Layer> _layers = new() { new() };
                [Gradient] private float[] G { get; } = {1f};
                [Gradient] private readonly float[][] _rows = { new[] {1f} };
                [Gradient] private readonly (float[] A, float[] B) _pair = (new[] {1f}, new[] {2f});
            }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base
            {
                private readonly Layer[] _layers = { new(), new() };
                [Gradient] private float[] G { get; } = {1f};
                [Gradient] private readonly Dictionary<string, float[]> _rows = new() { ["0"] = new[] {1f} };
                [Gradient] private readonly (float[] A, float[] B) _pair = (new[] {1f}, new[] {2f});
            }
            """,
            "_layers[0]._dW", "G", "_rows[0]", "_pair.A", "_pair.B",
            "Model::_layers[0]._dW", "Model::_layers[1]._dW", "Model::G", "Model::_rows[0]", "Model::_pair.A", "Model::_pair.B");
    }

    [Fact]
    public void Members_that_hide_those_of_a_base()
    {
        AssertNames(
            """
            public partial class Base { [Gradient] public float[] G = {1f}; [Gradient] public virtual float[] V { get; } = {2f}; }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base
            {
                [Gradient] public new double[] G = {3f};
                [Gradient] public override float[] V { get; } = {4f};
            }
            """,
            "G", "V", "Model::G");
    }

    [Fact]
    public void A_parameter_may_name_the_gradient_of_either()
    {
        AssertNames(
            """
            public partial class Base
            {
                [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = {1f};
                private readonly float[] _dW = {3f};
            }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base
            {
                [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = {1f};
                private readonly float[] _dW = {4f};
            }
            """,
            "_dW", "Model::_dW");
    }

    [Fact]
    public void Every_type_of_a_hierarchy_has_its_own_name()
    {
        AssertNames(
            """
            namespace A
            {
                public partial class Layer { [Gradient] private readonly float[] _dW = {1f}; }
                public partial class Layer<T> : Layer { [Gradient] private readonly float[] _dW = {2f}; }
                public partial class Layer<T, U> : Layer<T> { [Gradient] private readonly float[] _dW = {3f}; }
                public partial class Mid : Layer<int, int> { [Gradient] private readonly float[] _dW = {4f}; }
            }
            namespace B
            {
                public partial class Mid : A.Mid
                {
                    [Gradient] private readonly float[] _dW = {5f};
                    public partial class Layer : Mid { [Gradient] private new readonly float[] _dW = {6f}; }
                }
                public partial class @event : Mid.Layer { [Gradient] private readonly float[] _dW = {7f}; }
            }
            [ClipGradNorm(1.0)] public sealed partial class Model : B.@event { [Gradient] private readonly float[] _dW = {8f}; }
            """,
            "_dW", "Layer<T>::_dW", "Layer<T, U>::_dW", "Mid::_dW", "global::B.Mid::_dW", "global::B.Mid.Layer::_dW", "event::_dW",
            "Model::_dW");
    }

    [Fact]
    public void A_type_is_named_alike_wherever_it_is_held()
    {
        AssertNames(
            """
            public abstract partial class Layer { [Gradient] private readonly float[] _dW = {1f}; }
            public partial class Dense : Layer { [Gradient] private readonly float[] _dW = {2f}; }
            public sealed partial class Plain : Layer { }
            [ClipGradNorm(1.0)] public sealed partial class Model
            {
                private readonly Layer[] _layers = { new Dense(), new Plain() };
                private readonly Dense _dense = new();
            }
            """,
            "_layers[0]._dW", "_layers[0].Dense::_dW", "_layers[1]._dW", "_dense._dW", "_dense.Dense::_dW");
    }

    [Fact]
    public void Unrolled_buffers_are_told_apart_as_well()
    {
        const string Members = "[Gradient] private readonly float[] _dW = new float[16], _dB = new float[4];";
        AssertNames(
            $$"""
            public partial class Base { {{Members}} }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base { {{Members}} }
            """,
            "_dW", "_dB", "Model::_dW", "Model::_dB");
    }

    [Fact]
    public void Keys_that_look_like_the_rest_of_a_path()
    {
        AssertNames(
            """
            public sealed class Key { public override string ToString() => "k"; }
            public partial class Node { [Gradient] public float[] G = {1f}; public Dictionary<string, Node> H = new(); }
            [ClipGradNorm(1.0)] public sealed partial class Model
            {
                public Dictionary<string, Node> D = new()
                {
                    ["x"] = new() { H = { ["y"] = new() } }, ["x].H[y"] = new(), ["a.b"] = new(), ["\"q\""] = new(),
                };
                public Dictionary<Key, Node> K = new() { [new()] = new(), [new()] = new() };
                [Gradient] public Dictionary<string, Dictionary<string, float[]>> N = new()
                {
                    ["a"] = new() { ["b"] = new[] {1f} }, ["a][b"] = new() { ["c"] = new[] {1f} },
                };
            }
            """,
            "D[x].G", "D[x].H[y].G", @"D[x\].H[y].G", "D[a.b].G", "D[\"q\"].G", "K[k].G", "K[k].G#2", "N[a][b]", @"N[a\][b][c]");
    }

    [Fact]
    public void A_base_in_another_assembly()
    {
        const string Library =
            """
            public abstract partial class Base
            {
                [Gradient] private readonly float[] _dW = {1f};
                [Gradient] protected readonly float[] _dSeen = {2f};
                [Gradient] private float[]? _none;
                protected readonly Layer _layer = new();
            }
            public sealed partial class Layer { [Gradient] private readonly float[] _dW = {1f}; }
            """;
        const string Model =
            """
            [ClipGradNorm(1.0)] public sealed partial class Model : Base
            {
                [Gradient] private new readonly float[] _dSeen = {4f};
                [Gradient] private readonly float[] _dW = {3f};
                [Gradient] private readonly float[] _none = {5f};
                private new readonly Layer _layer = new();
            }
            """;

        // The generator does not see private members of the library. The second gradient of such a name gets a number, even if the first is
        // empty.
        Assert.Equal(
            ["_dW", "_dSeen", "_layer._dW", "Model::_dSeen", "_dW#2", "_none#2", "Model::_layer._dW"],
            Names(Usings + Library, Usings + Model));
    }

    [Fact]
    public void The_exception_names_the_gradient_that_the_list_does()
    {
        Assembly assembly = Compile(
            """
            public partial class Base { [Gradient] private readonly float[] _dW = {3f}; }
            [ClipGradNorm(1.0)] public sealed partial class Model : Base { [Gradient] private readonly float[] _dW = {float.NaN}; }
            """);
        dynamic model = Activator.CreateInstance(assembly.GetType("Model")!)!;

        Assert.Equal("Model::_dW", Assert.Throws<NonFiniteGradientException>((Action)(() => model.ClipGradients())).GradientName);
    }

    private static void AssertNames(string source, params string[] expected)
    {
        dynamic model = Activator.CreateInstance(Compile(source).GetType("Model")!)!;
        Assert.Equal(expected, (IEnumerable<string>)model.GetGradientNames());
    }

    private static Assembly Compile(string source) => GeneratorHarness.Run(Usings + source).Load();

    private static IReadOnlyList<string> Names(string library, string model)
    {
        using MemoryStream libraryImage = Emit(GeneratorHarness.Compile(library).WithAssemblyName("Library"));
        MetadataReference reference = MetadataReference.CreateFromImage(libraryImage.ToArray());
        using MemoryStream image = Emit(GeneratorHarness.Compile(model).AddReferences(reference));
        var context = new AssemblyLoadContext("two assemblies", isCollectible: true);
        context.LoadFromStream(libraryImage);
        dynamic instance = Activator.CreateInstance(context.LoadFromStream(image).GetType("Model")!)!;
        return instance.GetGradientNames();
    }

    private static MemoryStream Emit(CSharpCompilation compilation)
    {
        var image = new MemoryStream();
        CSharpCompilation generated = GeneratorHarness.Run(compilation).AssertCompiles().Compilation;
        Assert.True(generated.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        image.Position = 0;
        return image;
    }
}
