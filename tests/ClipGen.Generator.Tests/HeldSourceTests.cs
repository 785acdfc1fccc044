using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests;

/// <summary>
/// A program can hold a gradient source in many places. In each, its gradients are part of the norm and have their own path.
/// </summary>
public sealed class HeldSourceTests
{
    private const string Layer =
        """
        public sealed partial class Layer
        {
            [Gradient] public float[] W = { 3f };
        }

        """;

    [Fact]
    public void A_base_whose_derived_class_holds_layers_is_decided_with_it() => AssertHeld(
        ["Root.Children[0].Leaf.W", "Root.Leaf.W"],
        [3, 3],
        """
        [ClipGradNorm(1.0)] public sealed partial class Model { public Block Root = new() { Children = { new Branch() } }; }
        public partial class Block { public List<Branch> Children = new(); public Leaf Leaf = new(); }
        public sealed partial class Branch : Block { }
        public sealed partial class Leaf { [Gradient] public float[] W = { 3f }; }
        """);

    [Fact]
    public void Types_that_hold_each_other_are_sources_whichever_is_asked_first()
    {
        const string Model = """
            [ClipGradNorm(1.0)] public sealed partial class Model
            {
                public Even Root = new() { Odds = { new Odd { Evens = { new Even() } } } };
            }
            """;
        const string Even = "public partial class Even { public List<Odd> Odds = new(); }";
        const string Odd = """
            public partial class Odd
            {
                [Gradient] public List<Even> Evens = new();
                [Gradient] public float[] W = { 3f };
            }
            """;
        string[][] orders = [[Model, Even, Odd], [Odd, Even, Model], [Even, Model, Odd]];
        string[] outputs = [.. orders.Select(
            order => string.Join("\n", GeneratorHarness.Run([.. order.Select(Using)]).AssertCompiles().Files.OrderBy(file => file.Key)))];
        Assert.All(outputs, output => Assert.Equal(outputs[0], output));
        AssertHeld(["Root.Odds[0].W"], [3], orders[0]);
    }

    [Fact]
    public void The_parts_of_a_type_follow_the_names_of_their_files()
    {
        string[] sources =
        [
            Using("[ClipGradNorm(1.0)] public sealed partial class Model { [Gradient] public float[] First = { 3f }; }"),
            Using("public sealed partial class Model { [Gradient] public float[] Second = { 4f }; }"),
        ];
        CSharpCompilation compilation = GeneratorHarness.Compile(sources);
        CSharpCompilation reversed = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Reverse());
        Assert.Equal(GeneratorHarness.Run(compilation).Files, GeneratorHarness.Run(reversed).Files);
    }

    [Fact]
    public void A_captured_parameter_of_a_primary_constructor() => AssertHeld(
        ["_own", "head.W"],
        [4, 3],
        Layer + """
        [ClipGradNorm(1.0)]
        public sealed partial class Model(Layer head)
        {
            public Model() : this(new Layer()) { }
            [Gradient] private readonly float[] _own = { 4f };
            public float Forward() => head.W[0];
        }
        """);

    [Fact]
    public void A_parameter_that_only_initializes_a_member_is_held_by_the_member() => AssertHeld(
        ["_head.W"],
        [3],
        Layer + """
        [ClipGradNorm(1.0)]
        public sealed partial class Model(Layer head)
        {
            private readonly Layer _head = head;
            public Model() : this(new Layer()) { }
            public string Name => nameof(head);
            public float Forward(Layer head) => head.W[0] + _head.W[0];
        }
        """);

    [Fact]
    public void A_captured_parameter_that_is_left_out() => AssertHeld(
        ["_own"],
        [4],
        Layer + """
        [ClipGradNorm(1.0)]
        public sealed partial class Model([ClipIgnore] Layer teacher)
        {
            public Model() : this(new Layer()) { }
            [Gradient] private readonly float[] _own = { 4f };
            public float Forward() => teacher.W[0];
        }
        """);

    [Fact]
    public void The_items_of_a_model_that_is_a_list() => AssertHeld(
        ["Scale", "[0].W", "[1].W"],
        [4, 3, 3],
        Layer + """
        [ClipGradNorm(1.0)]
        public sealed partial class Model : List<Layer>
        {
            [Gradient] public readonly float[] Scale = { 4f };
            public Model() { Add(new Layer()); Add(new Layer()); }
            public new int Count => 0;
        }
        """);

    [Fact]
    public void The_items_of_a_held_layer_that_is_a_dictionary_behind_another_base() => AssertHeld(
        ["Blocks.Gain", "Blocks[a].W"],
        [4, 3],
        Layer + """
        [ClipGradNorm(1.0)] public sealed partial class Model { public Blocks Blocks = new() { ["a"] = new Layer() }; }
        public class Named<T> : Dictionary<string, T> { }
        public sealed partial class Blocks : Named<Layer> { [Gradient] public readonly float[] Gain = { 4f }; }
        """);

    [Fact]
    public void Items_that_a_generated_base_visits_are_visited_once() => AssertHeld(
        ["Scale", "[0].W", "Own"],
        [4, 3, 12],
        Layer + """
        public partial class Sequential : List<Layer> { [Gradient] public readonly float[] Scale = { 4f }; }
        [ClipGradNorm(1.0)]
        public sealed partial class Model : Sequential
        {
            [Gradient] public readonly float[] Own = { 12f };
            public Model() => Add(new Layer());
        }
        """);

    [Fact]
    public void A_collection_that_is_implemented_here_is_held_by_its_members() => AssertHeld(
        ["Gain", "_layers[0].W"],
        [4, 3],
        Layer + """
        [ClipGradNorm(1.0)]
        public sealed partial class Model : IEnumerable<Layer>
        {
            [Gradient] public readonly float[] Gain = { 4f };
            private readonly List<Layer> _layers = new() { new Layer() };
            public IEnumerator<Layer> GetEnumerator() => _layers.GetEnumerator();
            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
        }
        """);

    [Fact]
    public void A_member_that_only_the_type_argument_of_a_base_makes_a_source() => AssertHeld(
        ["Own", "Inner.W"],
        [4, 3],
        Layer + """
        public class Wrapper<T> where T : new() { protected readonly T Inner = new(); }
        public class Middle<T> : Wrapper<T> where T : new() { }
        [ClipGradNorm(1.0)] public sealed partial class Model : Middle<Layer> { [Gradient] public float[] Own = { 4f }; }
        """);

    [Fact]
    public void Such_a_member_is_visited_by_the_first_type_that_knows_the_argument() => AssertHeld(
        ["Gain", "Inner.W", "Own"],
        [12, 3, 4],
        Layer + """
        public partial class Wrapper<T> where T : new() { protected readonly T Inner = new(); [Gradient] public float[] Gain = { 12f }; }
        public partial class Middle : Wrapper<Layer> { }
        [ClipGradNorm(1.0)] public sealed partial class Model : Middle { [Gradient] public float[] Own = { 4f }; }
        """);

    [Fact]
    public void Every_element_of_an_inline_array() => AssertHeld(
        ["Layers[0].W", "Layers[2].W", "Maybe[0].W"],
        [3, 3, 3],
        Layer + """
        [System.Runtime.CompilerServices.InlineArray(3)] public struct Three<T> { private T? _element; }
        [ClipGradNorm(1.0)]
        public sealed partial class Model
        {
            public Three<Layer> Layers;
            public Three<Layer>? Maybe;
            public Model()
            {
                Layers[0] = new Layer();
                Layers[2] = new Layer();
                Three<Layer> maybe = default;
                maybe[0] = new Layer();
                Maybe = maybe;
            }
        }
        """);

    [Fact]
    public void Memory_of_layers() => AssertHeld(
        ["Layers[0].W", "Read[0].W", "Maybe[0].W", "Own"],
        [3, 3, 3, 4],
        Layer + """
        [ClipGradNorm(1.0)]
        public sealed partial class Model
        {
            public Memory<Layer> Layers = new Layer[] { new() };
            public ReadOnlyMemory<Layer> Read = new Layer[] { new() };
            public Memory<Layer>? Maybe = new Layer[] { new() };
            public Memory<Layer>? None;
            [Gradient] public float[] Own = { 4f };
        }
        """);

    [Fact]
    public void A_project_may_be_named_as_the_frameworks_are()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Using(
            Layer
            + """
            [ClipGradNorm(1.0)]
            public sealed partial class Model
            {
                public Layer Held = new();
                public List<Layer> Layers = new() { new() };
            }
            """));
        GeneratorRun run = GeneratorHarness.Run(compilation.WithAssemblyName("System.Learning"));
        AssertHeld(["Held.W", "Layers[0].W"], [3, 3], run);
    }

    [Fact]
    public void A_partial_property_keeps_a_source_or_a_buffer()
    {
        Assert.SkipUnless(LanguageVersion.Latest.MapSpecifiedToEffectiveVersion() >= (LanguageVersion)1300,
            "Partial properties are C# 13.");
        AssertHeld(
            ["D", "K.W", "L.W"],
            [12, 3, 3],
            Layer + """
            [ClipGradNorm(1.0)]
            public sealed partial class Model
            {
                [field: Gradient] public partial float[] D { get; }
                public Layer K { get => field ??= new(); }
                public partial Layer L { get; }
            }
            public sealed partial class Model
            {
                public partial Layer L { get => field ??= new(); }
                public partial float[] D { get => field ??= [12f]; }
            }
            """);
    }

    private static void AssertHeld(string[] names, double[] norms, params string[] sources) =>
        AssertHeld(names, norms, GeneratorHarness.Run([.. sources.Select(Using)]));

    /// <summary>Asserts the paths and the norms of the gradients of a new model.</summary>
    private static void AssertHeld(string[] names, double[] norms, GeneratorRun run)
    {
        Assembly assembly = run.Load();
        dynamic model = Activator.CreateInstance(assembly.GetType("Model")!)!;
        Assert.Equal(names, (IEnumerable<string>)model.GetGradientNames());
        Assert.Equal(Math.Sqrt(norms.Sum(norm => norm * norm)), (double)model.GradientNorm(), 12);
    }

    private static string Using(string source) => "using System;\nusing System.Collections.Generic;\nusing ClipGen;\n" + source;
}
