namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>
/// Attributes on a network add information and never hide a diagnostic. <see cref="LoopTest"/> checks the same for every other hand-written
/// program of the tests.
/// </summary>
public sealed class DeclaringTests
{
    private const string Simd = """

        static class Simd
        {
            public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float s)
            {
                for (int i = 0; i < y.Length; i++) y[i] += s * x[i];
            }
        }
        """;

    private const string EmptyTraversal =
        "    public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }";

    [Theory]
    [InlineData("", "", "")]
    [InlineData("", "[Gradient] ", "")]
    [InlineData("[ClipGradNorm(1.0)] ", "[Gradient] ", "")]
    [InlineData("[ClipGradNorm(1.0)] ", "[Gradient] ", " : IGradientSource")]
    [InlineData("[ClipGradValue(1.0)] ", "", "")]
    [InlineData("[AutoClip(10)] ", "[Gradient] ", "")]
    [InlineData("[ZClip(2.5)] ", "", "")]
    [InlineData("[AdaptiveClip(0.01)] ", "", "")]
    [InlineData("[AdaGC(1.05)] ", "[Gradient] ", " : IGradientSource")]
    public Task Step_that_clears_behind_an_interface(string limit, string gradient, string source) => LoopTest.FileAsync($$"""
        interface ILayer{{source}} { void Backward(Span<float> g); void ApplyGradients(float lr); }

        sealed partial class Dense(int n) : ILayer
        {
            private readonly float[] _weights = new float[n];
            {{gradient}}private readonly float[] _weightGrads = new float[n];
            public void Backward(Span<float> g) { Simd.AddScaled(_weightGrads, g, 1f); }
            public void ApplyGradients(float lr)
            {
                Simd.AddScaled(_weights, _weightGrads, -lr);
                Array.Clear(_weightGrads);
            }
        {{(source.Length > 0 ? EmptyTraversal : "")}}
        }

        {{limit}}sealed partial class Network(ILayer[] layers)
        {
            private readonly ILayer[] _layers = layers;
            public void Train()
            {
                for (int i = 0; i < 3; i++)
                {
                    foreach (ILayer l in _layers) l.Backward(new float[2]);
                    foreach (ILayer l in _layers) {|CLIP101:l.ApplyGradients(0.1f)|};
                }
            }
        }
        """ + Simd);

    [Theory]
    [InlineData("")]
    [InlineData("[ClipGradNorm(1.0)] ")]
    [InlineData("[ClipGen.ClipGradValueAttribute(1.0)] ")]
    public Task Limit_on_the_class_that_holds_the_loop(string limit) => LoopTest.FileAsync($$"""
        class Neuron
        {
            public double Weight = 0.5, Gradient;
            public void CalculateGradient(double t) => Gradient = t - Weight;
            public void UpdateWeights(double lr) => Weight += lr * Gradient;
        }

        {{limit}}partial class Network
        {
            private readonly List<Neuron> _neurons = [new(), new()];
            public void Train()
            {
                foreach (Neuron n in _neurons) n.CalculateGradient(1);
                foreach (Neuron n in _neurons) {|CLIP101:n.UpdateWeights(0.1)|};
            }
        }
        """);

    [Theory]
    [InlineData("[OptimizerStep] ")]
    [InlineData("")]
    public Task Step_over_spans_that_clears_is_no_reset_before_the_step(string mark) => LoopTest.FileAsync($$"""
        [ClipGradNorm(1.0)]
        sealed partial class Mlp
        {
            private readonly float[] _weights = new float[2];
            [Gradient] private readonly float[] _weightGrads = new float[2];
            public ClipResult ClipGradients() => default;
            [BackwardPass] public void Backward(float g) { for (int i = 0; i < 2; i++) _weightGrads[i] += g; }
            {{mark}}public void ApplyGradients(float lr) { Simd.AddScaled(_weights, _weightGrads, -lr); Array.Clear(_weightGrads); }
        }

        static class Program
        {
            static void Clipped(Mlp net)
            {
                for (int i = 0; i < 3; i++)
                {
                    net.Backward(1f);
                    net.ClipGradients();
                    net.ApplyGradients(0.1f);
                }
            }

            static void Unclipped(Mlp net)
            {
                for (int i = 0; i < 3; i++)
                {
                    net.Backward(1f);
                    {|CLIP101:net.ApplyGradients(0.1f)|};
                }
            }
        }
        """ + Simd);

    private const string Layer = """
        sealed class Layer
        {
            public float[] W = new float[4], dW = new float[4];
            public void Backward(float[] g) { for (int i = 0; i < 4; i++) dW[i] += g[i]; }
            public void UpdateWeights(float lr) { for (int i = 0; i < 4; i++) { W[i] -= lr * dW[i]; dW[i] = 0; } }
            public void ClipGradients(float m) { for (int i = 0; i < 4; i++) dW[i] = Math.Clamp(dW[i], -m, m); }
        }


        """;

    [Fact]
    public Task A_clip_that_another_method_calls() => LoopTest.FileAsync(Layer + """
        sealed class Mlp
        {
            private readonly Layer[] _layers = [new(), new()];
            private readonly float _maxNorm = 1;

            public Mlp(float maxNorm) => _maxNorm = maxNorm;

            public float ClipThreshold => _maxNorm;

            public void Pretrain(List<float[]> batches)
            {
                foreach (var x in batches)
                {
                    foreach (var layer in _layers) layer.Backward(x);
                    foreach (var layer in _layers) {|CLIP101:layer.UpdateWeights(0.1f)|};
                }
            }

            public void Train(List<float[]> batches)
            {
                foreach (var x in batches)
                {
                    foreach (var layer in _layers) layer.Backward(x);
                    foreach (var layer in _layers) layer.ClipGradients(ClipThreshold);
                    foreach (var layer in _layers) layer.UpdateWeights(0.1f);
                }
            }
        }
        """);

    [Theory]
    [InlineData("layer.UpdateWeights(Bounded(0.1f));")]
    [InlineData("if (IsBounded) layer.UpdateWeights(0.1f);")]
    [InlineData("_hook(layer); layer.UpdateWeights(0.1f);")]
    [InlineData("Scale(layer, _maxNorm); layer.UpdateWeights(0.1f);")]
    public Task Words_of_clipping_in_code_that_the_step_uses_prevent_a_report(string update) => LoopTest.FileAsync(Layer + $$"""
        sealed class Mlp
        {
            private readonly Layer _layer = new();
            private readonly float _maxNorm = 1;
            private readonly Action<Layer> _hook = layer => layer.ClipGradients(1);

            private bool IsBounded => Math.Abs(_maxNorm) > 0;
            private float Bounded(float rate) => rate / MaxNorm();
            private float MaxNorm() => 1;
            private void Scale(Layer layer, float limit) { }

            public void Train(float[] x)
            {
                var layer = _layer;
                layer.Backward(x);
                {{update}}
            }
        }
        """);
}
