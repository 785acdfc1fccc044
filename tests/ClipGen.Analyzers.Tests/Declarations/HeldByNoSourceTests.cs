namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP015 is reported for every member that holds gradients which no traversal reaches.</summary>
public sealed class HeldByNoSourceTests
{
    private const string Dense =
        """
        sealed partial class Dense
        {
            [Gradient] float[] _h;

            public void Run() { }
        }

        """;

    [Theory]
    [InlineData("System.Threading.Tasks.Task<Dense> {|CLIP015:_task|};")]
    [InlineData("System.Threading.Tasks.ValueTask<Dense> {|CLIP015:_task|};")]
    [InlineData("WeakReference<Dense> {|CLIP015:_weak|};")]
    [InlineData("System.Threading.AsyncLocal<Dense> {|CLIP015:_local|};")]
    [InlineData("System.Threading.ThreadLocal<Dense[]> {|CLIP015:_local|};")]
    [InlineData("PriorityQueue<Dense, int> {|CLIP015:_queue|};")]
    [InlineData("Lazy<List<Dense>>[] {|CLIP015:_lazy|};")]
    [InlineData("(Dense Visited, Lazy<Dense> Hidden) {|CLIP015:_pair|};")]
    [InlineData("Dictionary<Dense, float> {|CLIP015:_byLayer|};")]
    [InlineData("Dictionary<Dense, Dense> {|CLIP015:_byLayer|};")]
    [InlineData("List<Tuple<Dense>> {|CLIP015:_pairs|} { get; }")]
    [InlineData("System.Threading.Channels.Channel<Dense> {|CLIP015:_channel|};")]
    public Task A_framework_type_around_a_source(string member) => VerifyInModel(member);

    [Theory]
    [InlineData("Func<Dense> _factory; Action<Dense> _visit; Predicate<List<Dense>> _check;")]
    [InlineData("""
        IComparer<Dense> _order; Comparer<Dense> _same; EqualityComparer<Dense> _equal;
        IProgress<Dense> _progress;
        """)]
    [InlineData("ILogger<Dense> _log;")]
    [InlineData("ILogger<Model> _log; Lazy<Model> _self;")]
    [InlineData("""
        [ClipIgnore] Lazy<Dense> _lazy; static Lazy<Dense> s_shared; Lazy<int> _done;
        Lazy<Dense> Computed => null;
        """)]
    [InlineData("""
        Memory<Dense> _memory;
        ReadOnlyMemory<Dense>? _read;
        ArraySegment<Dense> _segment;
        Dictionary<string, Dense> _byName;
        HashSet<Dense> _set;
        """)]
    public Task Functions_and_what_is_visited_or_left_out(string members) =>
        VerifyInModel(members + " public interface ILogger<out T> { }");

    [Fact]
    public Task A_property_that_only_an_interface_can_read() => DeclarationVerifier.VerifyAsync(
        Dense + """
        interface IHasLayer { Dense Layer { get; set; } }
        [ClipGradNorm(1)]
        partial class Model : IHasLayer
        {
            [Gradient] float[] _g;
            Dense IHasLayer.{|CLIP015:Layer|} { get; set; }
        }
        """);

    [Fact]
    public Task An_explicit_property_over_a_field_that_is_visited() => DeclarationVerifier.VerifyAsync(
        Dense + """
        interface IHasLayer { Dense Layer { get; set; } }
        [ClipGradNorm(1)]
        partial class Model : IHasLayer
        {
            Dense _layer;
            Dense IHasLayer.Layer { get => _layer; set => _layer = value; }
        }
        """);

    [Fact]
    public Task A_private_member_of_a_base_that_only_the_type_argument_makes_a_source() => DeclarationVerifier.VerifyAsync(
        Dense + """
        class Wrapper<T> { private T _inner; public T Inner => _inner; }
        class Open<T> { protected T Inner; }
        [ClipGradNorm(1)] partial class {|CLIP015:Model|} : Wrapper<Dense> { [Gradient] float[] _g; }
        [ClipGradNorm(1)] partial class Reached : Open<Dense> { }
        [ClipGradNorm(1)] partial class {|CLIP015:Hiding|} : Open<Dense> { [Gradient] float[] _g; new int Inner; }
        """);

    [Fact]
    public Task A_held_type_whose_base_hides_a_source() => DeclarationVerifier.VerifyAsync(
        Dense + """
        class Wrapper<T> { private T _inner; public T Inner => _inner; }
        class Wrapped : Wrapper<Dense> { }
        [ClipGradNorm(1)] partial class Model { [Gradient] float[] _g; Wrapped {|CLIP015:_wrapped|}; }
        """);

    [Fact]
    public Task A_captured_parameter_of_a_primary_constructor() => DeclarationVerifier.VerifyAsync(
        Dense + """
        [ClipGradNorm(1)]
        partial class Model(Lazy<Dense> {|CLIP015:lazy|}, Lazy<Dense> unused, [ClipIgnore] Lazy<Dense> teacher)
        {
            [Gradient] float[] _g = unused.IsValueCreated ? null : new float[1];
            void Run() { lazy.Value.Run(); teacher.Value.Run(); }
        }
        """);

    private static Task VerifyInModel(string members) =>
        DeclarationVerifier.VerifyAsync(
            $$"""
            {{Dense}}
            [ClipGradNorm(1)]
            partial class Model
            {
                [Gradient] float[] _g;
                {{members}}
            }
            """);
}
