using System.Reflection;

namespace ClipGen.Generator.Tests;

/// <summary>Declarations that the generator once read wrongly, found by the fuzzer, each in its smallest form.</summary>
public sealed class DeclarationRegressionTests
{
    [Fact]
    public void Two_generated_levels_over_a_hand_written_traversal() => AssertNames(
        ["byHand", "_first", "_second"],
        """
        public class ByHand : IGradientSource
        {
            public virtual void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor =>
                visitor.Visit<float>("byHand", new float[1]);
        }

        public partial class First : ByHand { [Gradient] private readonly float[] _first = new float[1]; }

        [ClipGradNorm(1.0)]
        public partial class Model : First { [Gradient] private readonly float[] _second = new float[1]; }
        """);

    [Fact]
    public void Two_generated_levels_over_an_abstract_traversal() => AssertNames(
        ["_first", "_second"],
        """
        public abstract class ByHand : IGradientSource
        {
            public abstract void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor;
        }

        public partial class First : ByHand { [Gradient] private readonly float[] _first = new float[1]; }

        [ClipGradNorm(1.0)]
        public partial class Model : First { [Gradient] private readonly float[] _second = new float[1]; }
        """);

    [Fact]
    public void A_class_derived_from_a_traversal_that_is_not_virtual_is_reached_through_its_base() => AssertNames(
        ["_layer.byHand", "_layer._own"],
        """
        public class ByHand : IGradientSource
        {
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor =>
                visitor.Visit<float>("byHand", new float[1]);
        }

        public partial class Heir : ByHand { [Gradient] private readonly float[] _own = new float[1]; }

        [ClipGradNorm(1.0)]
        public partial class Model { private readonly ByHand _layer = new Heir(); }
        """);

    [Fact]
    public void A_group_with_a_line_break_stays_in_its_comment() => AssertNames(
        ["_g"],
        """
        [ClipGradNorm(1.0, Group = "two\nlines")]
        public partial class Model { [Gradient(Group = "two\nlines")] private readonly float[] _g = new float[1]; }
        """);

    [Fact]
    public void A_type_parameter_or_member_named_as_the_visitor_is_not_hidden()
    {
        Assembly assembly = Compile(
            """
            [ClipGradNorm(1.0)]
            public partial class Model<TVisitor>
            {
                [Gradient] private readonly TVisitor[] _g = new TVisitor[1];
                [Gradient] private readonly float[] TVisitor1 = new float[1];
            }
            """);
        dynamic model = Activator.CreateInstance(assembly.GetType("Model`1")!.MakeGenericType(typeof(double)))!;
        Assert.Equal(["_g", "TVisitor1"], (IEnumerable<string>)model.GetGradientNames());
    }

    [Fact]
    public void Explicit_implementations_behind_nullable_values_and_constraints() => AssertNames(
        ["_list[0].g", "_nullable.g"],
        """
        public struct Point : IGradientSource
        {
            void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor) => visitor.Visit<float>("g", new float[1]);
        }

        public class ByHand : IGradientSource
        {
            void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor) => visitor.Visit<float>("g", new float[1]);
        }

        public partial class Holder<T> where T : ByHand, new() { private readonly List<T> _list = new() { new T() }; }

        [ClipGradNorm(1.0)]
        public partial class Model : Holder<ByHand> { private readonly Point? _nullable = new Point(); }
        """);

    [Fact]
    public void An_array_of_a_parameter_that_must_be_a_layer_holds_sources()
    {
        Assembly assembly = Compile(
            """
            public interface ILayer : IGradientSource { }
            public sealed partial class Linear : ILayer { [Gradient] private readonly float[] _dW = new float[1]; }

            [ClipGradNorm(1.0, Group = "layers")]
            public partial class Model<TLayer> where TLayer : ILayer, new()
            {
                [Gradient(Group = "layers")] private readonly TLayer[] _layers = { new() };
            }
            """);
        dynamic model = Activator.CreateInstance(assembly.GetType("Model`1")!.MakeGenericType(assembly.GetType("Linear")!))!;
        Assert.Equal(["_layers[0]._dW"], (IEnumerable<string>)model.GetGradientNames());
    }

    [Fact]
    public void A_layers_member_with_a_limit_is_not_clipped_with_the_models_member_of_that_name()
    {
        dynamic model = Create(
            """
            public partial class Layer { [ClipGradNorm(7.0)] public readonly double[] G = { 100 }; }

            [ClipGradNorm(1000.0)]
            public partial class Model { [ClipGradNorm(1.0)] public readonly double[] G = { 10 }; public readonly Layer Layer = new(); }
            """);

        model.ClipGradients();

        Assert.Equal(1.0, model.G[0], 1e-9);
        Assert.Equal(100.0, model.Layer.G[0]);
    }

    [Theory]
    [InlineData("public partial class { [Gradient] float[] _g; }")]
    [InlineData("[Gradient] float[] _g;")]
    [InlineData("public partial class Model<> { [Gradient] float[] _g; }")]
    [InlineData("public partial class Model : Missing { [Gradient] float[] _g; }")]
    [InlineData("public partial class Model<T> where T : Missing { [Gradient] float[] _g; }")]
    [InlineData("""
        public partial class Model { [Gradient] float[] _g; }
        public partial struct Model { [Gradient] float[] _g; }
        """)]
    public void An_incomplete_type_emits_nothing(string source) =>
        Assert.Empty(GeneratorHarness.Run("using ClipGen;\n" + source).Files);

    [Theory]
    [InlineData("[ClipGradNorm(1.0)] public partial class ClipGradients { [Gradient] float[] _g; }")]
    [InlineData("public partial class VisitOwnGradients { [Gradient] float[] _g; }")]
    [InlineData("public partial class Model { [Gradient] float[] VisitGradients; }")]
    public void Names_that_leave_no_room_for_generated_members_stop_the_generator(string source) =>
        Assert.Empty(GeneratorHarness.Run("using ClipGen;\n" + source).Files);

    private static void AssertNames(string[] expected, string source)
    {
        dynamic model = Create(source);
        Assert.Equal(expected, (IEnumerable<string>)model.GetGradientNames());
    }

    private static object Create(string source) => Activator.CreateInstance(Compile(source).GetType("Model")!)!;

    private static Assembly Compile(string source) =>
        GeneratorHarness.Run("using System; using System.Collections.Generic; using ClipGen;\n" + source).Load();
}
