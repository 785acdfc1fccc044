using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>Each declaration rule: where it is reported, where it is not, and the cases in between.</summary>
public sealed class DeclarationRuleTests
{
    [Theory]
    [InlineData("[ClipGradNorm(1)] class {|CLIP001:Net|} { [Gradient] float[] _g = new float[1]; }")]
    [InlineData("class {|CLIP001:Layer|} { [Gradient] float[] _g = new float[1]; }")]
    [InlineData("""
        class {|CLIP001:Outer|}
        {
            struct {|CLIP001:Middle|} { [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; } }
        }
        """)]
    [InlineData("""
        partial class Outer
        {
            [ClipGradNorm(1)] sealed record {|CLIP001:Net|} { [Gradient] float[] G { get; set; } = new float[1]; }
        }
        """)]
    [InlineData("""
        class {|CLIP001:Outer|}
        {
            partial class A { [Gradient] float[] _g; }
            partial class B { [Gradient] float[] _g; }
        }
        """)]
    [InlineData("file partial class {|CLIP001:Net|} { [Gradient] float[] _g = new float[1]; }")]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Net { Block _block = new(); }
        class {|CLIP001:Block|} { Linear _inner = new(); }
        partial class Linear { [Gradient] float[] _g = new float[1]; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class A { Block _b = new(); }
        [ClipGradNorm(1)] partial class B { Block _b = new(); }
        class {|CLIP001:Block|} { Linear _inner = new(); }
        partial class Linear { [Gradient] float[] _g = new float[1]; }
        """)]
    public Task CLIP001_is_reported_for_every_type_that_is_not_partial(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("partial class Outer<T> { [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g = new float[1]; } }")]
    [InlineData("""
        class Trainer { Net _net = new(); }
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g = new float[1]; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Net { [ClipIgnore] Block _block = new(); [Gradient] float[] _g = new float[1]; }
        class Block { Linear _inner = new(); }
        partial class Linear { [Gradient] float[] _g = new float[1]; }
        """)]
    [InlineData("class Physics { float[] gradient = new float[3]; void Step() { } }")]
    public Task CLIP001_is_not_reported_where_nothing_is_generated(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[{|CLIP002:ClipGradNorm(1)|}] partial class Net { float[] _w = new float[1]; }")]
    [InlineData("""
        [{|CLIP002:ClipGradValue(1)|}] partial class Net { [ClipIgnore] Linear _l = new(); }
        partial class Linear { [Gradient] float[] _g = new float[1]; }
        """)]
    [InlineData("[{|CLIP002:ClipGradNorm(1)|}] partial struct Net { [Parameter] float[] _w; }")]
    public Task CLIP002_is_reported_where_there_is_nothing_to_clip(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { Linear _l = new(); }
        partial class Linear { [Gradient] float[] _g = new float[1]; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net : Base { }
        partial class Base { [Gradient] float[] _g = new float[1]; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net : IGradientSource
        {
            public void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { }
        }
        """)]
    public Task CLIP002_is_not_reported_where_gradients_are_held_or_inherited(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] int[] _g; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] float _g; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] decimal[] _g; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] string _g; }")]
    [InlineData("unsafe partial class Net { [{|CLIP003:Gradient|}] float* _g; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] static float[] _g; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] float[] G { set { } } }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] float[] this[int i] => null!; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] float[] G(int i) => null!; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] float[] G<T>() => null!; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] void G() { } }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] ReadOnlySpan<float> G => default; }")]
    [InlineData("partial class Net { [{|CLIP003:Gradient|}] List<int> _g; }")]
    [InlineData("""
        partial class Net : IGrad { [{|CLIP003:Gradient|}] float[] IGrad.G => null!; }
        interface IGrad { float[] G { get; } }
        """)]
    [InlineData("interface {|CLIP003:ILayer|} { [Gradient] float[] G { get; } }")]
    [InlineData("ref partial struct {|CLIP003:Net|} { [Gradient] Span<float> G => default; }")]
    [InlineData("[ClipGradNorm(1)] static partial class {|CLIP003:Net|} { }")]
    [InlineData("partial class Net { [{|CLIP003:Replicated|}] float[] _bias; }")]
    [InlineData("partial class Net { [{|CLIP003:Replicated|}] float[] Bias() => null!; }")]
    [InlineData("""
        partial class Net { [Gradient] float[] _g; [{|CLIP003:Replicated|}] Norm _n; }
        class Norm { float[] _w; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class {|CLIP003:Net|}
        {
            [Gradient] float[] _g;
            void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { }
        }
        """)]
    public Task CLIP003_is_reported_for_every_form_that_cannot_be_clipped(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("partial class Net { [Gradient] float[] _g; }")]
    [InlineData("partial class Net { [Gradient] List<double[,]> _g; }")]
    [InlineData("partial class Net<T> { [Gradient] T[] _g; }")]
    [InlineData("partial class Net { [Gradient] Span<float> G() => default; }")]
    [InlineData("partial class Net { [Gradient] {|CS0246:NoSuchType|} _g; }")]
    [InlineData("partial class Net { [Replicated] {|CS0246:NoSuchType|} _g; }")]
    [InlineData("""
        partial class Net { [Replicated] Linear _l; }
        partial class Linear { [Gradient, Replicated] Half[] _g; }
        """)]
    [InlineData("partial class Net { [Parameter(Gradient = nameof(_g)), Replicated] float[] _w; float[] _g; }")]
    [InlineData("partial class Net { [Gradient] Linear _l; } partial class Linear { [Gradient] Half[] _g; }")]
    public Task CLIP003_is_not_reported_for_supported_forms_and_compiler_errors(string source) =>
        DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[{|CLIP004:ClipGradNorm(0)|}] partial class Net { [Gradient] float[] _g; }",
        "The limit of 'Net' is 0; it must be greater than zero")]
    [InlineData("[{|CLIP004:ClipGradNorm(-1.5)|}] partial class Net { [Gradient] float[] _g; }",
        "The limit of 'Net' is -1.5; it must be greater than zero")]
    [InlineData("[{|CLIP004:ClipGradNorm(double.NaN)|}] partial class Net { [Gradient] float[] _g; }",
        "The limit of 'Net' is NaN; it must be greater than zero")]
    [InlineData("[{|CLIP004:ClipGradValue(-0.0)|}] partial class Net { [Gradient] float[] _g; }", "The clip value of 'Net' is")]
    [InlineData("[{|CLIP004:ClipGradNorm(1, NormType = 0)|}] partial class Net { [Gradient] float[] _g; }",
        "The NormType of 'Net' is 0; it must be greater than zero")]
    [InlineData("[{|CLIP004:ClipGradNorm(1, Epsilon = -1)|}] partial class Net { [Gradient] float[] _g; }", "The Epsilon of 'Net' is -1")]
    [InlineData("[{|CLIP004:ClipGradNorm(1, NonFinite = (NonFinitePolicy)9)|}] partial class Net { [Gradient] float[] _g; }",
        "The NonFinite of 'Net' is 9")]
    [InlineData("partial class Net { [{|CLIP004:ClipGradNorm(0)|}] float[] _g; }", "The limit of '_g' is 0; it must be greater than zero")]
    public async Task CLIP004_names_the_number_that_is_wrong(string source, string message)
    {
        Diagnostic diagnostic = Assert.Single(await DeclarationVerifier.VerifyAsync(source));
        Assert.StartsWith(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""
        [ClipGradNorm(double.PositiveInfinity, NormType = double.PositiveInfinity)] partial class Net
        {
            [Gradient] float[] _g;
        }
        """)]
    [InlineData("[ClipGradNorm(double.Epsilon, NormType = 0.5, Epsilon = 1e-6)] partial class Net { [Gradient] float[] _g; }")]
    [InlineData("[ClipGradValue(1e300)] partial class Net { [Gradient] float[] _g; }")]
    public Task CLIP004_is_not_reported_for_unusual_valid_numbers(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[ClipGradNorm(1)] [{|CLIP005:ClipGradNorm(2)|}] partial class Net { [Gradient] float[] _g; }")]
    [InlineData("[ClipGradNorm(1)] [{|CLIP005:ClipGradValue(2)|}] partial class Net { [Gradient] float[] _g; }")]
    [InlineData("""
        [ClipGradNorm(1, Group = "a"), {|CLIP005:ClipGradValue(2, Group = "a")|}] partial class Net
        {
            [Gradient(Group = "a")] float[] _g;
        }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient(Group = \"typo\")] float[] {|CLIP005:_g|}; }")]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [ClipIgnore, {|CLIP005:ClipGradNorm(1)|}] float[] _g;
            [Gradient] float[] _h;
        }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [ClipGradNorm(1), {|CLIP005:ClipGradValue(1)|}] float[] _g; }")]
    [InlineData("""
        [ClipGradNorm(1, Group = "a")] partial class Net
        {
            [Gradient(Group = "a"), {|CLIP005:ClipGradNorm(1)|}] float[] _g;
        }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1, Group = "a"), ClipGradNorm(1, Group = "b")] partial class Net
        {
            [Parameter(Gradient = nameof(_g), Group = "a")] float[] _w;
            [{|CLIP005:Gradient(Group = "b")|}] float[] _g;
        }
        """)]
    [InlineData("[{|CLIP005:ClipGradNorm(1, Group = \"typo\")|}] partial class Net { [Gradient] float[] _g; }")]
    [InlineData("""
        [ClipGradNorm(1), {|CLIP005:ClipGradNorm(2, Group = "typo")|}] partial class Net { Layer _layer; }
        partial class Layer { [Gradient(Group = "a")] float[] _g; }
        """)]
    [InlineData(
        """
        [{|CLIP005:ClipGradNorm(1, Group = "a")|}] partial class Net { [Gradient] float[] _g; }
        [ClipGradNorm(1, Group = "a")] partial class Other { [Gradient(Group = "a")] float[] _g; }
        """)]
    public Task CLIP005_is_reported_for_limits_that_contradict_each_other(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("""
        [ClipGradNorm(1), ClipGradValue(2, Group = "a")] partial class Net
        {
            [Gradient(Group = "a")] float[] _g;
            [Gradient] float[] _h;
        }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [ClipGradNorm(2)] float[] _g; [Gradient] float[] _h; }")]
    [InlineData("""
        [ClipGradNorm(1)] partial class Base { [Gradient] float[] _g; }
        [ClipGradNorm(2)] partial class Net : Base { [Gradient] float[] _h; }
        """)]
    [InlineData("partial class Layer { [Gradient(Group = \"weights\")] float[] _g; }")]
    [InlineData("""
        [ClipGradNorm(1, Group = "a")] partial class Net { Layer[] _layers; }
        partial class Layer { [Gradient(Group = "a")] float[] _g; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1, Group = "a")] partial class Net { ILayer[] _layers; }
        interface ILayer : IGradientSource { }
        partial class Layer : ILayer { [Parameter(Gradient = nameof(_g), Group = "a")] float[] _w; float[] _g; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1, Group = "a")] partial class Net { Layer _layer; }
        partial class Layer { [Gradient] float[] _g; }
        partial class Head : Layer { [Gradient(Group = "a")] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1, Group = "a")] partial class Net : Base { [Gradient] float[] _g; }
        partial class Base { [Gradient(Group = "a")] float[] _h; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1, Group = "a")] partial class Net { ByHand _layer; }
        class ByHand : IGradientSource
        {
            public void VisitGradients<T>(ref T visitor) where T : struct, IGradientVisitor =>
                visitor.Visit<float>("g", new float[1], group: "a");
        }
        """)]
    public Task CLIP005_is_not_reported_where_each_limit_has_its_own_gradients(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("partial class Net { [{|CLIP006:Parameter(Gradient = \"_typo\")|}] float[] _w; [Gradient] float[] _g; }")]
    [InlineData("partial class Net { [{|CLIP006:Parameter(Gradient = nameof(_g))|}] float[] _w; double[] _g; }")]
    [InlineData("partial class Net { [{|CLIP006:Parameter(Gradient = nameof(_g))|}] float[,] _w; float[] _g; }")]
    [InlineData("partial class Net { [{|CLIP006:Parameter(Gradient = nameof(_w))|}] float[] _w; }")]
    [InlineData("""
        partial class Net
        {
            [{|CLIP006:Parameter(Gradient = nameof(_g))|}] readonly float[] _w = new float[3];
            readonly float[] _g = new float[4];
        }
        """)]
    public Task CLIP006_is_reported_for_gradients_that_do_not_fit(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("partial class Net { [Parameter(Gradient = nameof(_g))] float[] _w; float[] _g; }")]
    [InlineData("""
        partial class Net
        {
            [Parameter(Gradient = nameof(G))] float[] W { get; } = new float[2];
            Memory<float> G => default;
        }
        """)]
    [InlineData("partial class Net { [Parameter] float[] _w; [Gradient] float[] _g; }")]
    [InlineData("""
        partial class Net : Base { [Parameter(Gradient = nameof(G))] float[] _w; }
        class Base { protected float[] G; }
        """)]
    [InlineData(
        """
        partial class Net
        {
            [Parameter(Gradient = nameof(_g))] readonly float[] _w = new float[3];
            readonly float[] _g = new float[4];
            Net() { _g = new float[3]; }
        }
        """)]
    public Task CLIP006_is_not_reported_where_the_gradient_fits(string source) => DeclarationVerifier.VerifyAsync(source);

    private const string LayerOfModel = "partial class Layer { [Gradient] float[] _g; ";

    [Theory]
    [InlineData("[ClipGradNorm(1)] partial class Net { Layer[] _layers; } " + LayerOfModel + "Net {|CLIP011:_net|}; }")]
    [InlineData("[ClipGradNorm(1)] partial class Net { Layer _layer; } " + LayerOfModel + "Net {|CLIP011:_back|}; }")]
    [InlineData($$"""
        [ClipGradNorm(1)] partial class Net { Block _block; }
        partial class Block { List<Layer> _layers; }
        {{LayerOfModel}}Net {|CLIP011:Owner|} { get; } }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; Net _child; Net {|CLIP011:_parent|}; }")]
    [InlineData($$"""
        [ClipGradNorm(1)] partial class Net { Layer[] _layers; }
        abstract {{LayerOfModel}} }
        partial class Dense : Layer { [Gradient] float[] _h; Net {|CLIP011:_model|}; }
        """)]
    public Task CLIP011_is_reported_for_members_that_close_a_cycle(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[ClipGradNorm(1)] partial class Net { Layer[] _layers; } " + LayerOfModel + "[ClipIgnore] Net _net; }")]
    [InlineData("[ClipGradNorm(1)] partial class Net { Layer[] _layers; } " + LayerOfModel + "[Gradient] Net _inner; }")]
    [InlineData("[ClipGradNorm(1)] partial class Tree { [Gradient] float[] _g; Tree _left, _right; Tree[] _children; }")]
    [InlineData($$"""
        [ClipGradNorm(1)] partial class Net { Sequential _body; }
        abstract {{LayerOfModel}} }
        partial class Sequential : Layer { Layer[] _layers; [Gradient] float[] _h; }
        partial class Residual : Layer { Sequential _body; [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Outer { Backbone _model; }
        [ClipGradNorm(1)] partial class Backbone { [Gradient] float[] _g; }
        """)]
    public Task CLIP011_is_not_reported_for_trees_and_marked_members(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[assembly: {|CLIP003:GradientSource(typeof(Theirs), \"NoSuch\")|}] class Theirs { public float[] Grad; }")]
    [InlineData("[assembly: {|CLIP003:GradientSource(typeof(Theirs), \"Grad\")|}] class Theirs { public int[] Grad; }")]
    [InlineData("[assembly: {|CLIP003:GradientSource(typeof(Theirs), \"_grad\")|}] class Theirs { float[] _grad; }")]
    [InlineData("[assembly: {|CLIP003:GradientSource(typeof(Theirs))|}] class Theirs { public float[] Grad; }")]
    [InlineData("[assembly: GradientSource(typeof(Theirs), \"Grad\")] class Theirs { internal float[] Grad; }")]
    [InlineData("[assembly: GradientSource(typeof(Theirs<>), \"Grad\")] class Theirs<T> { public T[] Grad => null!; }")]
    public Task CLIP003_checks_what_is_declared_for_other_types(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData(LanguageVersion.CSharp7_3, """
        [ClipGradNorm(1)] partial class {|CLIP014:Net|} { [Gradient] float[] _g; }
        class Other { float[] _g; }
        """)]
    [InlineData(LanguageVersion.CSharp8, """
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; Layer _layer; }
        partial class Layer { [Gradient] float[][,] _g; }
        """)]
    [InlineData(LanguageVersion.CSharp9, """
        [ClipGradNorm(1), ClipGradValue(1, Group = "a")] partial record Net
        {
            [Gradient] float[] _g;
            [Gradient(Group = "a")] List<float[]> _h;
        }
        """)]
    public Task CLIP014_is_reported_before_CSharp_8_and_generated_code_compiles_from_8_on(LanguageVersion version, string source) =>
        DeclarationVerifier.VerifyAsync(source, version);

    [Theory]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { ILayer[] {|CLIP015:_layers|}; [Gradient] float[] _g; }
        interface ILayer { }
        partial class Dense : ILayer { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { List<Layer> {|CLIP015:Layers|} { get; } [Gradient] float[] _g; }
        abstract class Layer { }
        partial class Dense : Layer { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [{|CLIP002:ClipGradNorm(1)|}] partial class Net { Layer<float> {|CLIP015:_layer|}; }
        class Layer<T> { }
        partial class Dense<T> : Layer<T> { [Gradient] T[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; Block<Dense> {|CLIP015:_block|}; }
        class Block<T> { List<T> _inner; }
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; Two<int, Dense>[] {|CLIP015:_two|}; }
        record struct Two<A, B>(A First, B Second);
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            Lazy<Dense> {|CLIP015:_lazy|};
            List<Tuple<int, Dense[]>> {|CLIP015:_pairs|};
        }
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Net { Module[] {|CLIP015:_modules|}; [Gradient] float[] _g; }
        abstract class Module { }
        class Linear : Module { Tensor _w = new(); }
        partial class Tensor { [Gradient] float[] _h; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Net { IModule {|CLIP015:_module|}; [Gradient] float[] _g; }
        interface IModule { }
        class Linear : IModule { Tensor[] _ws; public Linear(int n) { _ws = new[] { new Tensor() }; } }
        partial class Tensor { [Gradient] float[] _h; }
        """)]
    public Task CLIP015_is_reported_for_gradients_that_no_traversal_reaches(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { ILayer[] _layers; }
        interface ILayer : IGradientSource { }
        partial class Dense : ILayer { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { Layer[] _layers; }
        [GradientSource] abstract partial class Layer { }
        partial class Dense : Layer { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { [ClipIgnore] ILayer[] _layers; [Gradient] float[] _g; }
        interface ILayer { }
        partial class Dense : ILayer { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { object _any; IDisposable _other; [Gradient] float[] _g; }
        partial class Dense : IDisposable { [Gradient] float[] _h; public void Dispose() { } }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { ILogger _log; [Gradient] float[] _g; }
        interface ILogger { }
        class Log : ILogger { }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { Block<Dense> _block; }
        partial class Block<T> where T : Dense { T _inner; }
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; Log<Dense> _log; ILog<Dense> _other; }
        class Log<T> { string _name; static T Last; }
        interface ILog<T> { }
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; Block<int> _block; Block<string> _names; }
        class Block<T> { T _inner; }
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            [ClipIgnore] Lazy<Dense> _lazy;
            Func<Dense> _make;
            Lazy<string> _name;
            Tuple<int, float[]> _pair;
        }
        partial class Dense { [Gradient] float[] _h; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Net { IOptimizer _optimizer; ILogger _log; Tensor _w; }
        interface IOptimizer { }
        interface ILogger { }
        class Adam : IOptimizer { List<Tensor> _ps = new(); }
        class Logger : ILogger { Net _net; Logger(Net net) { _net = net; } }
        partial class Tensor { [Gradient] float[] _h; }
        """)]
    public Task CLIP015_is_not_reported_where_gradients_are_visited_or_ignored(string source) => DeclarationVerifier.VerifyAsync(source);

    [Fact]
    public async Task Messages_name_the_member_and_say_what_to_do()
    {
        IReadOnlyList<Diagnostic> diagnostics = await DeclarationVerifier.VerifyAsync(
            """
            [ClipGradNorm(1)] partial class Net { Block _block = new(); }
            class {|CLIP001:Block|} { Linear _inner = new(); }
            partial class Linear { [{|CLIP003:Gradient|}] float _g; [{|CLIP006:Parameter(Gradient = "_dW")|}] float[] _w; }
            """);

        Assert.Equal(
            [
                "'Block' must be partial, so that clipping code can be added to it; it holds gradient sources and a model holds it "
                    + "(leave it out with [ClipIgnore] where it is held)",
                "The gradient '_g' cannot be clipped: it is a single number, and clipping one object per scalar costs more than the "
                    + "training step; hold the gradients of a layer in one buffer, or pass an array of them to Gradients.ClipNorm. Forms "
                    + "that work: float, double or Half in T[], T[,] (any rank), T[][], Memory<T>, ArraySegment<T>, Tensor<T>, a property "
                    + "or parameterless method that returns Span<T>; arrays, lists, dictionaries, other collections and tuples of these; "
                    + "types that declare gradients themselves.",
                "The gradient '_dW' that the parameter '_w' names is no member of 'Linear'",
            ],
            diagnostics.Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
