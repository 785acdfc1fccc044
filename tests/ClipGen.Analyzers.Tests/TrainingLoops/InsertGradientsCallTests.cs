using ClipGen.Analyzers.TrainingLoops;
using ClipGen.CodeFixes.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>The fix of CLIP101 in hand-written networks without a model: a call of <c>Gradients</c> with all that the step reads.</summary>
public sealed class InsertGradientsCallTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using ClipGen;


        """;

    private static Task VerifyAsync(string source, string call) => VerifyAsync(Usings, source, call);

    // The marker ↓ stands where the call belongs.
    private static Task VerifyAsync(string usings, string source, string call)
    {
        string[] lines = source.Split('\n');
        string before = string.Join('\n', lines.Where(line => line.Trim() != "↓"));
        string after = source
            .Replace("↓", call, StringComparison.Ordinal)
            .Replace("{|CLIP101:", "", StringComparison.Ordinal)
            .Replace("|}", "", StringComparison.Ordinal);
        return FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyAsync(usings + before, usings + after);
    }

    /// <summary>For changes that are more than a call on a line of its own.</summary>
    private static Task VerifyAsync(string source, string @fixed, bool isWhole)
    {
        Assert.True(isWhole);
        return FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyAsync(Usings + source, Usings + @fixed);
    }

    private static Task VerifyNoFixAsync(string source) =>
        FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyNoFixAsync(Usings + source);

    [Fact]
    public Task Fields_of_the_class_that_trains() => VerifyAsync(
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
    public Task Members_of_another_class() => VerifyAsync(
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
    public Task Locals_and_arguments() => VerifyAsync(
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
    public Task Layers_in_jagged_arrays_are_clipped_before_the_loop_over_them() => VerifyAsync(
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
    public Task Static_gradients_of_another_class() => VerifyAsync(
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
    public Task Before_a_helper_that_steps() => VerifyAsync(
        """
        class Network
        {
            private readonly float[] w = new float[4], dw = new float[4], b = new float[4], db = new float[4];

            public void Backward(float[] x) { for (int i = 0; i < 4; i++) { dw[i] += x[i]; db[i] += x[i]; } }

            public void Train(float[] x)
            {
                Backward(x);
                if (x.Length > 0)
                {
                    ↓
                    {|CLIP101:Apply(0.1f)|};
                }
            }

            private void Apply(float rate)
            {
                UpdateWeights(rate);
                UpdateBiases(rate);
            }

            private void UpdateWeights(float rate) { for (int i = 0; i < 4; i++) w[i] -= rate * dw[i]; }

            private void UpdateBiases(float rate)
            {
                float[] gradient = db;
                for (int i = 0; i < 4; i++)
                    b[i] -= rate * gradient[i];
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dw, db);");

    [Fact]
    public Task An_object_that_holds_the_gradients() => VerifyAsync(
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
    public Task Momentum_is_no_gradient() => VerifyAsync(
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
    public Task A_source_without_limits_is_one_argument() => VerifyAsync(
        """
        class Network : IGradientSource
        {
            private readonly float[] _w = new float[4];
            [Gradient] private readonly float[] _dW = new float[4];
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) _dW[i] += x[i]; }
            public void Descend() { for (int i = 0; i < 4; i++) _w[i] -= 0.1f * _dW[i]; }
        }

        static class Trainer
        {
            static void Train(Network network, float[] x)
            {
                network.Backward(x);
                ↓
                {|CLIP101:network.Descend()|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, network);");

    [Fact]
    public Task Usual_limit_and_a_name_that_is_taken() => VerifyAsync(
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
    // A matrix type that is no buffer.
    [InlineData("public", "Matrix", "w[i] -= rate * DW[i];", "network.UpdateWeights(0.1f)")]
    // Another buffer, under a name that says nothing.
    [InlineData("public", "float[]", "w[i] -= rate * DW[i]; b[i] -= rate * slopes[i];", "network.UpdateWeights(0.1f)")]
    // A gradient that is a number.
    [InlineData("public", "float[]", "w[i] -= rate * DW[i]; offset -= rate * dBias;", "network.UpdateWeights(0.1f)")]
    // The errors of a layer.
    [InlineData("public", "float[]", "w[i] -= rate * outputGradients[i] * DW[i];", "network.UpdateWeights(0.1f)")]
    public Task Gradients_out_of_reach(string access, string type, string update, string step) => VerifyNoFixAsync($$"""
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

    private const string Layer = """
        class Layer
        {
            public float[] W = new float[4], DW = new float[4], B = new float[4], DB = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) { DW[i] += x[i]; DB[i] += x[i]; } }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) { W[i] -= 0.1f * DW[i]; B[i] -= 0.1f * DB[i]; } }
        }


        """;

    [Fact]
    public Task Layers_in_a_list_are_one_sequence_for_each_gradient() => VerifyAsync(
        Usings + "using System.Linq;\n",
        Layer + """
        class Trainer
        {
            void Train(List<Layer> layers, float[][] batches)
            {
                foreach (var x in batches)
                {
                    foreach (var layer in layers)
                        layer.Backward(x);
                    ↓
                    foreach (var layer in layers)
                        {|CLIP101:layer.UpdateWeights()|};
                }
            }
        }
        """,
        "Gradients.ClipNorm(1.0, layers.Select(layer => layer.DW), layers.Select(layer => layer.DB));");

    [Fact]
    public Task Layers_by_index() => VerifyAsync(
        Usings + "using System.Linq;\n",
        Layer + """
        class Network
        {
            private readonly Layer[] _layers = new Layer[3];

            void Train(float[] x)
            {
                for (int i = 2; i >= 0; i--)
                    _layers[i].Backward(x);
                ↓
                for (int i = 0; i < 3; i++)
                    {|CLIP101:_layers[i].UpdateWeights()|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, _layers.Select(layer => layer.DW), _layers.Select(layer => layer.DB));");

    [Fact]
    public Task Layers_that_are_updated_one_by_one_have_no_common_norm() => VerifyNoFixAsync(Layer + """
        class Trainer
        {
            void Train(List<Layer> layers, float[] x)
            {
                foreach (var layer in layers)
                {
                    layer.Backward(x);
                    {|CLIP101:layer.UpdateWeights()|};
                }
            }

            void ByIndex(Layer[] layers, float[] x)
            {
                for (int i = 0; i < layers.Length; i++)
                {
                    layers[i].Backward(x);
                    {|CLIP101:layers[i].UpdateWeights()|};
                }
            }
        }
        """);

    [Fact]
    public Task Declared_layers_belong_to_the_model_that_holds_them() => VerifyAsync(
        """
        partial class Layer : IGradientSource
        {
            private readonly float[] _w = new float[4];
            [Gradient] private readonly float[] _dW = new float[4];
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) _dW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) _w[i] -= 0.1f * _dW[i]; }
        }

        [ClipGradNorm(5.0)]
        partial class Network
        {
            public List<Layer> Layers { get; } = new();
            public ClipResult ClipGradients() => default;
        }

        static class Trainer
        {
            static void Train(Network network, float[] x)
            {
                foreach (var layer in network.Layers)
                    layer.Backward(x);
                ↓
                foreach (var layer in network.Layers)
                    {|CLIP101:layer.UpdateWeights()|};
            }
        }
        """,
        "network.ClipGradients();");

    [Fact]
    public Task A_model_behind_an_interface_is_clipped_by_its_own_limit() => VerifyAsync(
        """
        interface INetwork
        {
            void Backward(float[] x);
            void UpdateWeights();
        }

        [ClipGradNorm(5.0)]
        partial class Network : INetwork
        {
            private readonly float[] _w = new float[4];
            [Gradient] private readonly float[] _dW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) _dW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) _w[i] -= 0.1f * _dW[i]; }
        }

        static class Trainer
        {
            static void Begin() => Train(new Network(), new float[4]);

            static void Train(INetwork network, float[] x)
            {
                network.Backward(x);
                ↓
                {|CLIP101:network.UpdateWeights()|};
            }
        }
        """,
        "Gradients.Clip(network);");

    [Fact]
    public Task Null_conditional_step() => VerifyAsync(
        """
        class Network
        {
            public float[] W = new float[4], DW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) DW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) W[i] -= 0.1f * DW[i]; }
        }

        class Trainer
        {
            void Train(Network network, float[] x)
            {
                network?.Backward(x);
                {|CLIP101:network?.UpdateWeights()|};
            }
        }
        """,
        """
        class Network
        {
            public float[] W = new float[4], DW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) DW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) W[i] -= 0.1f * DW[i]; }
        }

        class Trainer
        {
            void Train(Network network, float[] x)
            {
                network?.Backward(x);
                if (network is not null)
                {
                    Gradients.ClipNorm(1.0, network.DW);
                    network.UpdateWeights();
                }
            }
        }
        """,
        isWhole: true);

    // The second method computes gradients and uses them at once: a clip before it comes too early.
    [Fact]
    public Task No_fix_before_a_call_that_computes_and_applies() => VerifyNoFixAsync("""
        class Network
        {
            private readonly float[] w = new float[4], dW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) dW[i] += x[i]; }

            public void UpdateWeights(float[] x)
            {
                for (int i = 0; i < 4; i++)
                    dW[i] += 0.5f * x[i];
                for (int i = 0; i < 4; i++)
                    {|CLIP101:w[i] -= 0.1f * dW[i]|};
            }

            public void Train(float[] x)
            {
                Backward(x);
                {|CLIP101:UpdateWeights(x)|};
            }
        }
        """);

    [Fact]
    public Task Weight_decay_in_the_step_computes_no_gradient() => VerifyAsync(
        """
        class Network
        {
            private readonly float[] w = new float[4], dW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) dW[i] += x[i]; }

            public void UpdateWeights()
            {
                for (int i = 0; i < 4; i++)
                {
                    dW[i] /= 8;
                    dW[i] += 0.01f * w[i];
                    w[i] -= 0.1f * dW[i];
                    dW[i] = 0;
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
        "Gradients.ClipNorm(1.0, dW);");
}
