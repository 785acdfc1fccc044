namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP007: where it is reported, and similar code where it is not.</summary>
public sealed class UndeclaredGradientTests
{
    [Theory]
    [InlineData("float[] _w, {|CLIP007:_dW|};")]
    [InlineData("float[] _w1, _w2, {|CLIP007:_dW1|}, {|CLIP007:_dW2|};")]
    [InlineData("float[] W, {|CLIP007:dW|};")]
    [InlineData("float[] w, {|CLIP007:dw|}, b, {|CLIP007:db|};")]
    [InlineData("double[] m_bias, {|CLIP007:m_dBias|};")]
    [InlineData("float[,] weights, {|CLIP007:d_weights|};")]
    [InlineData("float[,] _weights, {|CLIP007:_gradW|};")]
    [InlineData("float[,] Weights { get; set; } float[,] {|CLIP007:WeightGradients|} { get; set; }")]
    [InlineData("float[][] weights, {|CLIP007:weightGrad|};")]
    [InlineData("double[,] weights, {|CLIP007:costGradientW|}; double[] biases, {|CLIP007:costGradientB|};")]
    [InlineData("Half[] W, {|CLIP007:W_grad|};")]
    [InlineData("float[] w1, {|CLIP007:wgrad1|}; float[] b1, {|CLIP007:gradb1|};")]
    [InlineData("double[][,] Wq, Wk, {|CLIP007:dWq|}, {|CLIP007:dWk|};")]
    [InlineData("float[,,,] _kernels, {|CLIP007:_kernelGradients|};")]
    [InlineData("double[] gamma, beta, {|CLIP007:dGamma|}, {|CLIP007:dBeta|};")]
    [InlineData("double[] hiddenLayerWeights, {|CLIP007:hiddenLayerWeightGradients|};")]
    [InlineData("double[] hiddenWeights, {|CLIP007:gradientOfHiddenWeights|};")]
    [InlineData("double[] W, {|CLIP007:dLdW|};")]
    [InlineData("double[] W, {|CLIP007:dLoss_dW|};")]
    [InlineData("double[] W, {|CLIP007:nablaW|};")]
    [InlineData("double[] weights, {|CLIP007:weightDerivatives|};")]
    [InlineData("double[,] Wf, Uf, {|CLIP007:dWf|}, {|CLIP007:dUf|};")]
    [InlineData("List<float[]> _weights, {|CLIP007:_weightGrads|};")]
    [InlineData("Memory<float> _w, {|CLIP007:_wGrad|};")]
    [InlineData("readonly float[] _w = new float[4]; readonly float[] {|CLIP007:_dW|} = new float[4];")]
    [InlineData("float[] _w, {|CLIP007:_dW|}, _mW, _vW, _prevDW, _dWMean, _dWSum, _gradNormW;")]
    [InlineData("float[] _hidden, _dHidden, _hiddenBias, {|CLIP007:_dHiddenBias|};")]
    [InlineData("float[] _w, {|CLIP007:_dW|}, _gradW;")]
    [InlineData("float[] W, b, {|CLIP007:gW|}, {|CLIP007:gb|}, gx, gh;")]
    [InlineData("float[] biases, {|CLIP007:biasDerivs|};")]
    [InlineData("""
        float[,] _embedding, {|CLIP007:_embeddingGrad|};
        void Step() { _embedding[0, 0] -= _embeddingGrad[0, 0]; }
        """)]
    [InlineData("""
        float[] _table, {|CLIP007:_dTable|};
        void Step() { for (int i = 0; i < 3; i++) _table[i] -= 0.1f * _dTable[i]; }
        """)]
    [InlineData("float[] _weights, _weightsM, _weightsV, {|CLIP007:_weightsGrad|}, _weightsGradM;")]
    public Task Is_reported_for_buffers_named_as_the_gradient_of_a_parameter(string members) => UndeclaredGradientVerifier.VerifyAsync(
        $$"""
        #pragma warning disable CS0169, CS0649
        partial class Net { [Gradient] double[] _declared = new double[1]; {{members}} }
        [ClipGradNorm(1)] partial class Net { }
        """,
        $"partial class Layer {{ [Gradient] float[] _declared = new float[1]; {members} }}");

    [Theory]
    [InlineData("float[] _hidden, _dHidden, _output, _dOutput, _input, _dInput;")]
    [InlineData("double[] x, dx, y, dy, z, dz, h, dh, c, dc, a, da, logits, dLogits, probs, gradProbs;")]
    [InlineData("double[] errors, deltas, _errors, delta, scratch;")]
    [InlineData("double[] inputs, inputGradients, activations, activationsGrad, weightedInputs, weightedInputsGrad, gates, dGates;")]
    [InlineData("double[,] q, k, v, dq, dk, dv, scores, dScores, attentionWeights, dAttentionWeights;")]
    [InlineData("double[] Biases, Gradients, Outputs; double[,] Weights;")]
    [InlineData("double[] Weights, Gradients, Deltas;")]
    [InlineData("double[] Weights, Biases, Gradients;")]
    [InlineData("double[] _w; float[] _dW;")]
    [InlineData("double[] _w; double[,] _dW;")]
    [InlineData("double _w, _dW; int[] w, dW; string b, dB;")]
    [InlineData("readonly float[] _w = new float[4]; readonly float[] _dW = new float[5];")]
    [InlineData("float[] _dW, _gradW2, WeightGradients;")]
    [InlineData("float[] _w; [Gradient] float[] _dW;")]
    [InlineData("float[] _w; [ClipIgnore] float[] _dW;")]
    [InlineData("float[] _w; [ClipGradNorm(2)] float[] _dW;")]
    [InlineData("[Parameter(Gradient = nameof(_dW))] float[] _w; float[] _dW;")]
    [InlineData("[Parameter(Gradient = nameof(_dW))] float[] _w; float[] _dW, _gradW, _wGradSum;")]
    [InlineData("float[] _w; [Gradient] float[] _dW; float[] _gradW, _weightGradients, _gradients;")]
    [InlineData("float[] _w; static float[] s_dW;")]
    [InlineData("float[] _w; float[] dW => null;")]
    [InlineData("float[] _w; float[] dW() => null;")]
    [InlineData("[ClipIgnore] float[] _w; float[] _dW;")]
    [InlineData("float[] w, deltaW, weightDeltas, weightVelocities, gradientStep, decay, data, ata;")]
    [InlineData("float[] u, du, v, dv, wind, dWind, width, dWidth, wave, waveGradient;")]
    [InlineData("float[] learningRates, dLearningRates, gradientNorms, norms;")]
    [InlineData("float[] _weights, _dWeights; void Forward(float[] x) { _weights = new float[x.Length]; }")]
    [InlineData("""
        float[][] _weights, _dWeights;
        void Predict(float[] x) { for (int i = 0; i < 3; i++) _weights[0][i] = x[i]; }
        """)]
    [InlineData("float[] embedding, dEmbedding; void Forward(float[] x) => embedding = x;")]
    public Task Is_not_reported_for_other_members_of_a_network(string members) => UndeclaredGradientVerifier.VerifyAsync(
        $$"""
        partial class Net
        {
            {{members}}
        }

        [ClipGradNorm(1)]
        partial class Net
        {
            [Gradient] double[] _declared = new double[1];
        }
        """);

    [Theory]
    [InlineData("[Parameter] float[] _table; float[] {|CLIP007:_dTable|};")]
    [InlineData("[Parameter] float[] U { get; set; } float[] {|CLIP007:GradU|} { get; set; }")]
    [InlineData("[Parameter] float[] _w; float[] {|CLIP007:_gradient|};")]
    [InlineData("[Parameter(Group = \"a\")] double[,] _position; double[,] {|CLIP007:_positionGrad|};")]
    public async Task Is_reported_for_the_gradient_of_a_marked_parameter_whatever_its_name(string members)
    {
        string message = Assert.Single(
            await UndeclaredGradientVerifier.VerifyAsync($"[ClipGradNorm(1)] partial class Net {{ {members} }}"));
        Assert.Contains("looks like the gradient of the parameter '", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Parameter] float[] _a, _b; float[] _gradient; [Gradient] double[] _g;")]
    [InlineData("[Parameter] float[] _table; double[] _dTable; [Gradient] double[] _g;")]
    [InlineData("[Parameter] float[] _table; float[] _g, _other; [Gradient] double[] _h;")]
    [InlineData("[Parameter(Gradient = nameof(_g))] float[] _table; float[] _g, _dTable, _gradients;")]
    public Task Is_not_reported_where_a_marked_parameter_has_no_evident_gradient(string members) =>
        UndeclaredGradientVerifier.VerifyAsync($"[ClipGradNorm(1)] partial class Net {{ {members} }}");

    [Theory]
    [InlineData("class Matrix { public float[] Data; public float[] {|CLIP007:Grad|}; }")]
    [InlineData("class Matrix { public float[,] Values; public float[,] {|CLIP007:Gradients|}; }")]
    [InlineData("class Matrix { readonly float[] _data = new float[3]; readonly float[] {|CLIP007:_grad|} = new float[3]; }")]
    [InlineData("""
        class Matrix
        {
            public float[] Data { get; }
            public float[] {|CLIP007:Grad|} { get; }
            public Matrix(int n) { Data = new float[n]; Grad = new float[n]; }
            public Matrix() : this(1) { }
        }
        """)]
    [InlineData("""
        class Matrix
        {
            public float[] Data, M, V, {|CLIP007:Grad|};
            public void Allocate(int n) { (Data, Grad) = (new float[n], new float[n]); }
        }
        """)]
    [InlineData("class Matrix { public double[] W, {|CLIP007:DW|}; }")]
    [InlineData("""
        class Matrix
        {
            public double[] Value = new double[1], {|CLIP007:Gradient|} = null;
            public void ZeroGrad() => Gradient = new double[1];
        }
        """)]
    [InlineData("class Thing { public float[] weights, {|CLIP007:weightGradients|}; }", "Thing")]
    [InlineData("class Thing { public float[] weights, {|CLIP007:gradient|}; public void Backward() { } }", "Thing")]
    [InlineData("struct Tensor { public float[] Data, {|CLIP007:Grad|}; }", "Tensor")]
    [InlineData("class Matrix<T> { public T[] Data, {|CLIP007:Grad|}; }", "Matrix<float>")]
    public async Task Is_reported_for_the_gradient_in_a_wrapper_wherever_a_model_reaches_it(string wrapper, string name = "Matrix")
    {
        string[] holders =
        [
            $"[ClipGradNorm(1)] partial class Model {{ {name} _w = new(); }}",
            $"[ClipGradNorm(1)] partial class Model {{ {name}[] Ws {{ get; }} = new {name}[2]; }}",
            $"[ClipGradNorm(1)] partial class Model {{ readonly List<{name}> _ws = new(); }}",
            $"[ClipGradNorm(1)] partial class Model {{ readonly Dictionary<string, {name}> _ws = new(); }}",
            $"[ClipGradNorm(1)] partial class Model {{ readonly IReadOnlyList<{name}[]> _ws = null; }}",
            $$"""
            [ClipGradNorm(1)] partial class Model { Block _block = new(); }
            class Block { Layer[] _layers; }
            class Layer { {{name}} _w, _b; }
            """,
            $$"""
            [ClipGradNorm(1)] partial class Model { List<ILayer> _layers; }
            interface ILayer { }
            class Layer : ILayer { {{name}} _w, _b; }
            """,
            $"[ClipGradNorm(1)] partial class Model : Base {{ }} abstract class Base {{ protected {name} _w; }}",
            $"partial class Source {{ [Gradient] float[] _dB; {name} _w; }}",
            $$"""
            [ClipGradNorm(1)] partial class Model { Layers _layers = new(); }
            class Layers : List<Layer> { }
            class Layer { {{name}} _w, _b; }
            """,
        ];
        foreach (string holder in holders)
        {
            string message = Assert.Single(await UndeclaredGradientVerifier.VerifyAsync(wrapper, holder));
            Assert.EndsWith("leaves it out. Mark it [Gradient], or [ClipIgnore] if it is to be left out.", message,
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("class Matrix { public float[] Data, Grad; } class Trainer { Matrix _w; Net _net; }")]
    [InlineData("""
        class Matrix { public float[] Data, Grad; }
        [ClipGradNorm(1)] partial class Model { [ClipIgnore] Matrix _w; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Matrix { public float[] Data, Grad; }
        [ClipGradNorm(1)] partial class Model { static Matrix _w; Matrix W => null; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Matrix { public float[] Data, Grad; }
        [ClipGradNorm(1)] partial class Model { AdamOptimizer _adam; [Gradient] float[] _dW; }
        class AdamOptimizer { Matrix _w; }
        """)]
    [InlineData("""
        class Matrix { public float[] Data; public double[] Grad; }
        [ClipGradNorm(1)] partial class Model { Matrix _w; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Matrix { public float[] Data; [ClipIgnore] public float[] Grad; }
        [ClipGradNorm(1)] partial class Model { Matrix _w; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Matrix { public float[] Data, Value, Grad; }
        [ClipGradNorm(1)] partial class Model { Matrix _w; [Gradient] double[] _dW; }
        """)]
    [InlineData("""
        class HeightMap { public float[] Data = new float[1], Gradient = new float[1]; }
        [ClipGradNorm(1)] partial class Model { HeightMap _map; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Sky { float[] w = new float[1], dW = new float[1], b, dB; }
        [ClipGradNorm(1)] partial class Model { Sky _sky; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        readonly record struct Trainable(float[] Weights, float[] Gradients);
        [ClipGradNorm(1)] partial class Model { List<Trainable> _all; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Parameter(float[] data, float[] grad) { public float[] Data = data, Grad = grad; }
        [ClipGradNorm(1)] partial class Model { List<Parameter> _all; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Parameter { public float[] Data, Grad; public Parameter(float[] d, float[] g) { Data = d; Grad = g; } }
        [ClipGradNorm(1)] partial class Model { List<Parameter> _all; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        class Parameter { public float[] Data, Grad; }
        [ClipGradNorm(1)] partial class Model
        {
            Parameter _p;
            float[] _w;
            [Gradient] float[] _dW;
            void F() { _p = new Parameter { Data = _w, Grad = _dW }; }
        }
        """)]
    [InlineData("""
        class Parameter { public float[] Data, Grad; }
        [ClipGradNorm(1)] partial class Model { Parameter[] _all; float[] _w; [Gradient] float[] _dW; void F() { _all[0].Grad = _dW; } }
        """)]
    [InlineData("""
        class Parameter { public float[] Data { get; init; } public float[] Grad { get; init; } }
        [ClipGradNorm(1)] partial class Model { List<Parameter> _all; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        file class Matrix { public float[] Data, Grad; }
        [ClipGradNorm(1)] file partial class Model { Matrix _w; [Gradient] float[] _dW; }
        """)]
    [InlineData("""
        partial class Matrix : IGradientSource
        {
            public float[] Data, Grad;
            public void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { }
        }
        [ClipGradNorm(1)] partial class Model { Matrix _w; }
        """)]
    public Task Is_not_reported_for_wrappers_that_no_model_owns_or_that_own_nothing(string source) =>
        UndeclaredGradientVerifier.VerifyAsync(UndeclaredGradientVerifier.Model + source);

    [Theory]
    [InlineData("""
        List<float[]> _weights, _weightGradients;
        void Collect() { _weights = [_w1]; _weightGradients = [_dW1]; }
        """)]
    [InlineData("float[][] _weights, _weightGradients; void Collect() { _weightGradients = new[] { _dW1 }; }")]
    [InlineData("""
        List<float[]> _weights = new(), _weightGradients = new();
        void Collect() { _weights.Add(_w1); _weightGradients.Add(_dW1); }
        """)]
    [InlineData("""
        Layer[] _layers;
        float[][] _weights, _weightGradients;
        void Collect() { _weightGradients = _layers.Select(l => l.DW).ToArray(); }
        """)]
    [InlineData("IReadOnlyList<float[]> Parameters => [_w1]; IReadOnlyList<float[]> Gradients => [_dW1];")]
    [InlineData("List<float[]> Parameters { get; } = new(); List<float[]> Gradients { get; } = new();")]
    public Task Is_not_reported_for_lists_of_declared_gradients(string members) => UndeclaredGradientVerifier.VerifyAsync(
        $$"""
        [ClipGradNorm(1)] partial class Model { float[] _w1; [Gradient] float[] _dW1; {{members}} }
        partial class Layer { [Gradient] public float[] DW; public float[] W; }
        """);

    [Fact]
    public Task Is_reported_for_buffers_of_a_base_without_attributes() => UndeclaredGradientVerifier.VerifyAsync(
        """
        [ClipGradNorm(1)] partial class Net : Recurrent { [Gradient] float[] _dV; }
        abstract class Recurrent { protected float[] _wh, {|CLIP007:_dWh|}; }
        class Brush : Recurrent2 { float[] _w, _dW; }
        class Recurrent2 { protected float[] _wh, _dWh; }
        """);

    [Fact]
    public Task Leaves_a_gradient_to_the_derived_type_that_names_it() => UndeclaredGradientVerifier.VerifyAsync(
        """
        partial class Net : Base { [Parameter(Gradient = nameof(_dW))] float[] _w2; }
        class Base { protected float[] _w, _dW; }
        """);

    [Theory]
    [InlineData("class Dense2 : Linear { Linear {|CLIP007:_extra|} = new(); }")]
    [InlineData("class Dense2 : Linear { List<Linear> {|CLIP007:Extra|} { get; } = new(); }")]
    [InlineData("""
        class Middle : Linear { }
        class Dense2 : Middle { Linear {|CLIP007:_extra|}; float[] _w, {|CLIP007:_dW|}; }
        """)]
    [InlineData("class Net2 : Net { Linear {|CLIP007:_extra|} = new(); }")]
    [InlineData("""
        class Residual : Linear
        {
            readonly Linear {|CLIP007:_inner|};
            public Residual(Linear inner) { _inner = inner; }
        }
        """)]
    public Task Is_reported_for_gradients_that_a_derived_type_without_attributes_adds(string source) =>
        UndeclaredGradientVerifier.VerifyAsync(UndeclaredGradientVerifier.Model + source);

    [Theory]
    [InlineData("class Dense2 : Linear { float[] _hidden, _dHidden; }")]
    [InlineData("partial class Dense2 : Linear { Linear _extra = new(); [Gradient] float[] _dW; }")]
    [InlineData("class Dense2 : Linear { [ClipIgnore] Linear _extra = new(); }")]
    [InlineData("class Dense2 : Linear { Linear _previous; Net _owner; Net _a; Linear _parentLayer; }")]
    [InlineData("""
        partial class Dense2 : Linear { Linear _extra = new(); }
        [ClipGradNorm(1)] partial class Other { Dense2 _dense = new(); }
        """)]
    public Task Is_not_reported_for_derived_types_whose_gradients_are_visited(string source) =>
        UndeclaredGradientVerifier.VerifyAsync(UndeclaredGradientVerifier.Model + source);

    [Theory]
    [InlineData("class Matrix { public float[] Data, Grad; }", "Matrix")]
    [InlineData("class Matrix<T> { public T[] Data, Grad; }", "Matrix<>")]
    [InlineData("class Matrix { public float[] Data, Grad, Weights, {|CLIP007:dWeights|}; }", "Matrix")]
    public Task What_the_assembly_declares_is_declared(string matrix, string declared) => UndeclaredGradientVerifier.VerifyAsync(
        $$"""
        [assembly: GradientSource(typeof({{declared}}), "Grad")]
        #pragma warning disable CS0649
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g = [];
            {{declared.Replace("<>", "<float>", StringComparison.Ordinal)}}
            _w = new();
        }
        {{matrix}}
        """);

    [Fact]
    public async Task Messages_name_the_member_the_evidence_and_the_model()
    {
        IReadOnlyList<string> messages = await UndeclaredGradientVerifier.VerifyAsync(
            """
            [ClipGradNorm(1)] partial class Net
            {
                float[] _w2, {|CLIP007:_dW2|};
                [Parameter] float[] _t;
                float[] {|CLIP007:_dT|};
                Matrix _m = new();
            }
            class Matrix { public float[] Data = new float[1], {|CLIP007:Grad|} = new float[1]; }
            partial class Dense { [Gradient] float[] _dW; }
            class Dense2 : Dense { Dense {|CLIP007:_extra|}; }
            """);

        Assert.Equal(
            [
                "'_dW2' looks like the gradient of '_w2' and is not declared, so clipping 'Net' leaves it out. "
                    + "Mark it [Gradient], or [ClipIgnore] if it is to be left out.",
                "'_dT' looks like the gradient of the parameter '_t' and is not declared, so clipping 'Net' leaves it out. Name it in the "
                    + "parameter's attribute, [Parameter(Gradient = nameof(_dT))], or mark it [ClipIgnore] if it is to be left out.",
                "'Grad' looks like the gradient of 'Data' and is not declared, so clipping 'Net' leaves it out. "
                    + "Mark it [Gradient], or [ClipIgnore] if it is to be left out.",
                "'_extra' holds gradients, but 'Dense2' visits only those of its base 'Dense', so a norm over 'Dense2' leaves it out. "
                    + "Mark it [Gradient], or [ClipIgnore] if it is to be left out.",
            ],
            messages);
    }

    [Fact]
    public Task Nothing_is_registered_without_the_runtime() => UndeclaredGradientVerifier.VerifyAsync(
        [],
        """
            [ClipGradNorm(1)] partial class Net { float[] _w, _dW; }
            class ClipGradNormAttribute(double limit) : Attribute { public double L => limit; }
            """);
}
