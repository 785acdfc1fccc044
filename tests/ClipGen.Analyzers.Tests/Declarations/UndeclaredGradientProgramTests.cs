namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>
/// CLIP007 on whole programs. It is not reported in programs without networks. In hand-written networks it is reported for every undeclared
/// gradient, and for nothing else.
/// </summary>
public sealed class UndeclaredGradientProgramTests
{
    private const string Fluid =
        """
        class FluidSolver
        {
            readonly float[,] _u = new float[8, 8], _v = new float[8, 8], _du = new float[8, 8], _dv = new float[8, 8];
            readonly float[,] _pressure = new float[8, 8], _pressureGradientX = new float[8, 8], _pressureGradientY = new float[8, 8];
            readonly float[] _w = new float[8], _dW = new float[8], _weights = new float[8], _weightGradients = new float[8];
            public double dt = 0.01, dx = 0.1, dy = 0.1, delta;
            public float[] Data = new float[8], Gradient = new float[8], Grad = new float[8];
            double[] x = new double[4], dxs = new double[4], b = new double[4], dB = new double[4];
            public void Step() { for (int i = 0; i < 8; i++) { _w[i] -= (float)dt * _dW[i]; _weights[i] -= _weightGradients[i]; } }
        }
        """;

    private const string Graphics =
        """
        class Gradient { public float[] Stops = { 0, 1 }; public float[] Colors = { 0, 1 }; }
        class PerlinNoise
        {
            readonly float[] _grad = new float[512], _values = new float[512]; readonly int[] _perm = new int[512];
            float Grad(int hash, float x) => (hash & 1) == 0 ? x : -x;
        }
        class EdgeDetector
        {
            float[,] image, gradientX, gradientY, kernel, kernelGradient; Gradient brush; double[,] imageGradient;
            float[] gradient, filters, gradFilters, data, gradientData;
        }
        class HeightMap { public float[] Data = new float[4]; public float[] Gradient = new float[4]; }
        struct Vertex { public float[] position, dPosition; public float[] weights, dWeights; }
        """;

    private const string Audio =
        """
        class LevelMeter { float[] b = new float[4], dB = new float[4], w, dw, bias, biasGrad, dBias; public void Update() { } }
        class Equalizer { double[] gain, dGain, gainGradient, filter, dFilter; }
        """;

    [Theory]
    [InlineData(Fluid)]
    [InlineData(Graphics)]
    [InlineData(Audio)]
    public async Task Programs_without_a_network_have_no_diagnostics(string program)
    {
        await UndeclaredGradientVerifier.VerifyAsync(program);
        await UndeclaredGradientVerifier.VerifyAsync(program, UndeclaredGradientVerifier.Model);
    }

    [Fact]
    public Task A_simulation_that_a_model_holds_has_no_diagnostics() => UndeclaredGradientVerifier.VerifyAsync(
        Graphics,
        Audio,
        """
        [ClipGradNorm(1)] partial class Agent
        {
            [Parameter(Gradient = nameof(_dPolicy))] readonly float[] _policy = new float[4];
            readonly float[] _dPolicy = new float[4];
            readonly World _world = new();
            Gradient _healthBar = new();
        }
        class World
        {
            readonly HeightMap _map = new(); readonly PerlinNoise _noise = new(); readonly EdgeDetector _edges = new();
            readonly List<Vertex> _mesh = new(); readonly Equalizer _music = new();
            double[] x = new double[4], dx = new double[4], w = new double[4], dw = new double[4], gamma, dGamma;
        }
        """);

    [Fact]
    public Task A_recurrent_network_with_all_gradients_declared_has_no_diagnostics() => UndeclaredGradientVerifier.VerifyAsync(
        """
        [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Leave)]
        public sealed partial class ElmanRnn
        {
            [Parameter(Gradient = nameof(_dWx))] private readonly float[] _wx = new float[6];
            private readonly float[] _dWx = new float[6];
            [Parameter(Gradient = nameof(_dBias))] private readonly float[] _bias = new float[6];
            private readonly float[] _dBias = new float[6];
            private readonly float[] _hidden = new float[6], _errors = new float[6], _inputRows = new float[6];
            private readonly float[] _wxTransposed = new float[6];
            private readonly float[] _dHidden = new float[6], _probabilities = new float[6];
            public ElmanRnn() => Parameters = [new(_wx, _dWx), new(_bias, _dBias)];
            public IReadOnlyList<TrainableParameter> Parameters { get; }
        }
        public readonly record struct TrainableParameter(float[] Weights, float[] Gradients);
        """);

    [Fact]
    public Task A_gated_network_with_optimizer_state_has_diagnostics_for_gradients_only() => UndeclaredGradientVerifier.VerifyAsync(
        """
        [ClipGradNorm(5)] partial class Lstm
        {
            public double[,] Wf, Wi, Wc, Wo, Wy; public double[] bf, bi, bc, bo, by;
            [Gradient] public double[,] dWf, dWi;
            public double[,] {|CLIP007:dWc|}, {|CLIP007:dWo|}, {|CLIP007:dWy|};
            public double[] {|CLIP007:dbf|}, {|CLIP007:dbi|}, {|CLIP007:dbc|}, {|CLIP007:dbo|}, {|CLIP007:dby|};
            public double[,] mWf, vWf, mWc, vWc; public double[] mbf, vbf;
            double[] f, i, c, o, h, y, df, di, dc, @do, dh, dy, dhNext, dcNext, cPrev, hPrev;
        }
        """);

    [Fact]
    public Task Layers_of_a_course_network_have_diagnostics_for_their_cost_gradients() => UndeclaredGradientVerifier.VerifyAsync(
        """
        [ClipGradNorm(1)] partial class NeuralNetwork
        {
            readonly Layer[] layers;
            public NeuralNetwork(params int[] sizes) { layers = new Layer[sizes.Length]; }
        }
        """,
        """
        class Layer
        {
            public double[] weights, biases;
            readonly double[] {|CLIP007:costGradientW|}, {|CLIP007:costGradientB|};
            public double[] weightVelocities, biasVelocities;
            double[] inputs, activations, weightedInputs, nodeValues, inputGradients;
            public Layer(int n, int m)
            {
                weights = new double[n * m];
                costGradientW = new double[weights.Length];
                biases = new double[m];
                costGradientB = new double[biases.Length];
                weightVelocities = new double[n * m]; biasVelocities = new double[m];
            }
        }
        """);

    [Fact]
    public Task A_language_model_of_tensors_has_one_diagnostic_at_the_tensor() => UndeclaredGradientVerifier.VerifyAsync(
        """
        [ClipGradNorm(1)] partial class MiniGpt { Tensor _tokens, _positions; readonly List<Block> _blocks = new(); Linear _head; }
        class Block { LayerNorm _norm1, _norm2; Attention _attention; FeedForward _ffn; }
        class LayerNorm { Tensor _gamma, _beta; float[] _mean, _dMean; }
        class Attention { Tensor _q, _k, _v, _o; float[] _attentionWeights, _dAttentionWeights, _scores, _dScores; }
        class FeedForward { Linear _up, _down; }
        class Linear { Tensor W, B; }
        """,
        """
        class Tensor
        {
            public float[] Data; public float[] {|CLIP007:Grad|}; public bool RequiresGrad; public int Rows, Cols; Tensor[] _parents;
            public Tensor(int r, int c, bool grad = false) { Data = new float[r * c]; if (grad) Grad = new float[r * c]; }
        }
        """);

    [Fact]
    public Task Neurons_with_errors_called_gradients_have_no_diagnostics() => UndeclaredGradientVerifier.VerifyAsync(
        """
        [ClipGradNorm(1)] partial class Network { readonly List<Layer> _layers = new(); [Gradient] float[] _d = new float[1]; }
        class Layer
        {
            public double[][] Weights;
            public double[] Biases, Gradients, Outputs, Inputs;
            double[][] PrevWeightsDelta;
            double[] PrevBiasesDelta;
            public Layer(int n) { Gradients = new double[n]; Biases = new double[n]; Outputs = new double[n]; }
        }
        """);
}
