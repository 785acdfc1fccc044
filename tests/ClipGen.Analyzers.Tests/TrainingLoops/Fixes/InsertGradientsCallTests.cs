namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 in hand-written networks without a model: the arguments of the inserted call of <c>Gradients</c>.</summary>
public sealed class InsertGradientsCallTests
{
    [Fact]
    public Task Fields_of_the_class_that_trains() => InsertedCall.VerifyAsync(
        """
        class Network
        {
            private readonly float[] _w = new float[4], _dW = new float[4];
            private readonly float[,] _u = new float[2, 2], _dU = new float[2, 2];
            private readonly List<double[]> _biases = new(), _biasGradients = new();

            public void Train(float[][] batches)
            {
                foreach (var batch in batches)
                {
                    Backward(batch);
                    ↓
                    {|CLIP101:UpdateWeights(0.1f)|};
                }
            }

            private void Backward(float[] batch)
            {
                for (int i = 0; i < 4; i++)
                {
                    _dW[i] += batch[i];
                    _dU[i / 2, i % 2] += batch[i];
                    _biasGradients[0][i] += batch[i];
                }
            }

            private void UpdateWeights(float rate)
            {
                for (int i = 0; i < 4; i++)
                {
                    float gradient = _dW[i];
                    _w[i] -= rate * gradient;
                    _dW[i] = 0;
                }

                for (int i = 0; i < 4; i++)
                    _u[i / 2, i % 2] -= rate * _dU[i / 2, i % 2];
                for (int layer = 0; layer < _biases.Count; layer++)
                {
                    for (int i = 0; i < 4; i++)
                        _biases[layer][i] -= rate * _biasGradients[layer][i];
                }

                Array.Clear(_dU);
            }
        }
        """,
        "Gradients.ClipNorm(1.0, _dW, _dU, _biasGradients);");

    [Fact]
    public Task Members_of_another_class() => InsertedCall.VerifyAsync(
        """
        class Network
        {
            public float[] Weights = new float[4];
            public float[] DWeights { get; } = new float[4];
            public void Backward(float[] error) { for (int i = 0; i < 4; i++) DWeights[i] += error[i]; }
            public void UpdateWeights(float rate) => Descend(Weights, DWeights, rate);

            private static void Descend(float[] values, float[] slopes, float rate)
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] -= rate * slopes[i];
            }
        }

        class Trainer
        {
            private readonly Network _network = new();

            void Train(float[] error)
            {
                _network.Backward(error);
                ↓
                {|CLIP101:_network.UpdateWeights(0.1f)|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, _network.DWeights);");

    [Fact]
    public Task Locals_and_arguments() => InsertedCall.VerifyAsync(
        """
        class SgdOptimizer
        {
            public void Step(float[] weights, float[] grads) { for (int i = 0; i < 4; i++) weights[i] -= 0.1f * grads[i]; }
        }

        static class Program
        {
            static (float[], float[]) Backward(float[] w, float[] b, float[] x)
            {
                var weightGradients = new float[w.Length];
                var biasGradients = new float[b.Length];
                return (weightGradients, biasGradients);
            }

            static void Train(List<float[]> inputs)
            {
                var optimizer = new SgdOptimizer();
                float[] w = new float[4], b = new float[4];
                foreach (var x in inputs)
                {
                    (float[] dW, float[] dB) = Backward(w, b, x);
                    ↓
                    {|CLIP101:optimizer.Step(w, dW)|};
                    {|CLIP101:optimizer.Step(b, dB)|};
                }
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dW, dB);");

    [Fact]
    public Task Layers_in_jagged_arrays_are_clipped_before_the_loop_over_them() => InsertedCall.VerifyAsync(
        """
        class AdamOptimizer
        {
            private float[] _m = new float[4], _v = new float[4];

            public void Update(float[] weights, float[] gradient)
            {
                for (int i = 0; i < 4; i++)
                {
                    float g = gradient[i];
                    _m[i] = 0.9f * _m[i] + 0.1f * g;
                    _v[i] = 0.999f * _v[i] + 0.001f * g * g;
                    weights[i] -= 0.1f * _m[i] / (MathF.Sqrt(_v[i]) + 1e-8f);
                }
            }
        }

        class Network
        {
            private readonly float[][] _weights = { new float[4] };
            private readonly float[][] _weightGradients = { new float[4] };
            private readonly AdamOptimizer _optimizer = new();

            public void Backward(float[] x) { for (int i = 0; i < 4; i++) _weightGradients[0][i] += x[i]; }

            public void Train(float[] x)
            {
                Backward(x);

                ↓
                // Layer by layer.
                for (int layer = 0; layer < _weights.Length; layer++)
                    {|CLIP101:_optimizer.Update(_weights[layer], _weightGradients[layer])|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, _weightGradients);");

    [Fact]
    public Task Static_gradients_of_another_class() => InsertedCall.VerifyAsync(
        """
        static class Network
        {
            public static readonly double[] W = new double[4], DW = new double[4], Uf = new double[4], DUf = new double[4];
            public static void Backward(double[] x) { for (int i = 0; i < 4; i++) { DW[i] += x[i]; DUf[i] += x[i]; } }
            public static void UpdateWeights() { for (int i = 0; i < 4; i++) { W[i] = W[i] - 0.1 * DW[i]; Uf[i] -= 0.1 * DUf[i]; } }
        }

        static class Trainer
        {
            static void Train(double[] x)
            {
                Network.Backward(x);
                ↓
                {|CLIP101:Network.UpdateWeights()|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, Network.DW, Network.DUf);");

    [Fact]
    public Task An_object_that_holds_the_gradients() => InsertedCall.VerifyAsync(
        """
        class ParameterGradients
        {
            public readonly float[] Weights = new float[4];
            public readonly float[] WeightGradients = new float[4];
        }

        class Network
        {
            private readonly float[] _w = new float[4];
            private readonly ParameterGradients _gradients = new();
            private void Backward(float[] x) { for (int i = 0; i < 4; i++) _gradients.WeightGradients[i] += x[i]; }
            private void UpdateWeights() { for (int i = 0; i < 4; i++) _w[i] -= 0.1f * _gradients.WeightGradients[i]; }

            public void Train(float[] x)
            {
                Backward(x);
                ↓
                {|CLIP101:UpdateWeights()|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, _gradients.WeightGradients);");

    [Fact]
    public Task Momentum_is_no_gradient() => InsertedCall.VerifyAsync(
        """
        class Network
        {
            private readonly float[] w = new float[4], dw = new float[4], lastGradW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) dw[i] += x[i]; }

            public void UpdateWeights()
            {
                for (int i = 0; i < 4; i++)
                {
                    w[i] -= 0.1f * dw[i] + 0.9f * lastGradW[i];
                    lastGradW[i] = dw[i];
                }
            }

            public void Train(float[] x)
            {
                Backward(x);
                ↓
                {|CLIP101:UpdateWeights()|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dw);");

    [Fact]
    public Task Usual_limit_and_a_name_that_is_taken() => InsertedCall.VerifyAsync(
        """
        using System;

        """,
        """
        class Other
        {
            private readonly float[] _v = new float[4];
            void Bound() => ClipGen.Gradients.ClipNorm(0.25, _v);
        }

        class Network
        {
            private readonly float[] w = new float[4], dw = new float[4];
            public float[] Gradients => dw;
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) dw[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) w[i] -= 0.1f * dw[i]; }

            public void Train(float[] x)
            {
                Backward(x);
                ↓
                {|CLIP101:UpdateWeights()|};
            }
        }
        """,
        "ClipGen.Gradients.ClipNorm(0.25, dw);");

    [Theory]
    // A private gradient of another object.
    [InlineData("private", "float[]", "w[i] -= rate * DW[i];", "network.UpdateWeights(0.1f)")]
    // A matrix type that is not a supported buffer.
    [InlineData("public", "Matrix", "w[i] -= rate * DW[i];", "network.UpdateWeights(0.1f)")]
    // Another buffer, whose name does not show a gradient.
    [InlineData("public", "float[]", "w[i] -= rate * DW[i]; b[i] -= rate * slopes[i];", "network.UpdateWeights(0.1f)")]
    // A gradient that is a single number.
    [InlineData("public", "float[]", "w[i] -= rate * DW[i]; offset -= rate * dBias;", "network.UpdateWeights(0.1f)")]
    // The errors of a layer.
    [InlineData("public", "float[]", "w[i] -= rate * outputGradients[i] * DW[i];", "network.UpdateWeights(0.1f)")]
    public Task Gradients_out_of_reach(string access, string type, string update, string step) => InsertedCall.VerifyNoFixAsync($$"""
        class Matrix { public float this[int i] { get => 0; set { } } }

        class Network
        {
            private readonly float[] w = new float[4], b = new float[4], slopes = new float[4], outputGradients = new float[4];
            private float offset, dBias;
            {{access}} readonly {{type}} DW = {{(type == "Matrix" ? "new()" : "new float[4]")}};
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) DW[i] += x[i]; dBias += x[0]; }
            public void UpdateWeights(float rate) { for (int i = 0; i < 4; i++) { {{update}} } }
        }

        class Trainer
        {
            void Train(Network network, float[] x)
            {
                network.Backward(x);
                {|CLIP101:{{step}}|};
            }
        }
        """);
}
