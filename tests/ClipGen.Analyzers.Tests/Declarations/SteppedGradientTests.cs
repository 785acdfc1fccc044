namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP017: gradients without a parameter in models that an optimizer steps.</summary>
public sealed class SteppedGradientTests
{
    private const string Paired = "[Parameter(Gradient = nameof(_dW))] float[] _w; float[] _dW;";

    private const string Step =
        """
        class Training
        {
            void Run(Net net, ClipGen.Optimizers.AdamW optimizer) => optimizer.ClipAndStep(net);
        }
        """;

    [Theory]
    [InlineData("[Gradient] float[] {|CLIP017:_dB|};")]
    [InlineData("[Gradient] float[][] {|CLIP017:_dB|};")]
    [InlineData("[Gradient] (float[] A, float[] B) {|CLIP017:_dB|};")]
    [InlineData("[Gradient] float[] {|CLIP017:DB|} { get; set; }")]
    [InlineData("[Parameter(Gradient = nameof(_dB))] HashSet<float[]> _b; HashSet<float[]> {|CLIP017:_dB|};")]
    public Task A_gradient_without_a_parameter(string members) => VerifyInModel(members, Step);

    [Theory]
    [InlineData("")]
    [InlineData("[ClipIgnore] float[] _dB;")]
    [InlineData("[Parameter(Gradient = nameof(_dB))] List<float[]> _b; List<float[]> _dB;")]
    [InlineData("[Parameter(Gradient = nameof(_dB))] Dictionary<string, float[]> _b; Dictionary<string, float[]> _dB;")]
    [InlineData("[Parameter(Gradient = nameof(_dB))] (float[] A, double[] B) _b; (float[] A, double[] B) _dB;")]
    [InlineData("[Parameter(Gradient = nameof(_dB))] Memory<float> _b; float[] _dB;")]
    [InlineData("""
        Layer[] _layers;
        sealed partial class Layer { [Parameter(Gradient = nameof(_dB))] float[] _b; float[] _dB; }
        """)]
    public Task All_gradients_have_parameters(string members) => VerifyInModel(members, Step);

    [Theory]
    [InlineData("class Training { void Run(Net net) => net.ClipGradients(); }")]
    [InlineData("""
        class Adam { public void ClipAndStep<T>(T model) { } }
        class Training { void Run(Net net, Adam adam) => adam.ClipAndStep(net); }
        """)]
    [InlineData("class Training { void Run(IClippable net, ClipGen.Optimizers.Adam adam) => adam.ClipAndStep(net); }")]
    public Task Not_stepped_in_sight(string training) => VerifyInModel("[Gradient] float[] _dB;", training);

    [Theory]
    [InlineData("class Training { void Run(Net net) => new ClipGen.Optimizers.Sgd(0.1).Step(net); }")]
    [InlineData("class Training { ClipGen.Optimizers.Optimizer _o; void Run(Net net) => _o?.ClipAndStep(net, 0.5); }")]
    [InlineData("""
        class Training<T> where T : ClipGen.Optimizers.Optimizer
        {
            void Run(T o, Net net, LossScaler scaler) => o.ClipAndStep(net, scaler);
        }
        """)]
    public Task Every_way_to_step(string training) => VerifyInModel("[Gradient] float[] {|CLIP017:_dB|};", training);

    [Fact]
    public Task A_held_source_without_parameters_is_reported() => VerifyInModel(
        "Layer _layer; Dictionary<int, Layer> _layers;",
        $$"""
        sealed partial class Layer
        {
            [Gradient] float[] {|CLIP017:_dB|};
        }

        {{Step}}
        """);

    [Fact]
    public Task A_foreign_type_with_and_without_its_parameter() => DeclarationVerifier.VerifyAsync(
        $$"""
        [assembly: GradientSource(typeof(Weight), "Grad", Parameters = new[] { "Value" })]
        [assembly: GradientSource(typeof(Other), "Grad")]

        class Weight
        {
            public float[] Value, Grad;
        }

        class Other
        {
            public float[] Value, Grad;
        }

        [ClipGradNorm(1)]
        partial class Net
        {
            Weight _weight;
            Weight[] _weights;
            Other {|CLIP017:_other|};
        }

        {{Step}}
        """);

    [Theory]
    [InlineData("-1.0")]
    [InlineData("double.NaN")]
    [InlineData("double.PositiveInfinity")]
    public Task A_scale_out_of_range(string scale) => DeclarationVerifier.VerifyAsync(
        $$"""
        [ClipGradNorm(1)] partial class Net
        {
            [{|CLIP004:Parameter(Gradient = nameof(_dW), LearningRateScale = {{scale}})|}] float[] _w;
            float[] _dW;
        }
        """);

    private static Task VerifyInModel(string members, string others) =>
        DeclarationVerifier.VerifyAsync(
            $$"""
            [ClipGradNorm(1)]
            partial class Net
            {
                {{Paired}}
                {{members}}
            }

            {{others}}
            """);
}
