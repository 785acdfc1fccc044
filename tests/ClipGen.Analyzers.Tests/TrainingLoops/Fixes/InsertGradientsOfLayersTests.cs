namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 where layers or models hold the gradients that the step reads.</summary>
public sealed class InsertGradientsOfLayersTests
{
    private const string Layer = """
        class Layer
        {
            public float[] W = new float[4], DW = new float[4], B = new float[4], DB = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) { DW[i] += x[i]; DB[i] += x[i]; } }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) { W[i] -= 0.1f * DW[i]; B[i] -= 0.1f * DB[i]; } }
        }


        """;

    [Fact]
    public Task Layers_in_a_list_are_one_sequence_for_each_gradient() => InsertedCall.VerifyAsync(
        InsertedCall.Usings + "using System.Linq;\n",
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
    public Task Layers_by_index() => InsertedCall.VerifyAsync(
        InsertedCall.Usings + "using System.Linq;\n",
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
    public Task Layers_that_are_updated_one_by_one_have_no_common_norm() => InsertedCall.VerifyNoFixAsync(Layer + """
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
    public Task Nothing_is_inserted_before_a_call_that_computes_and_applies() => InsertedCall.VerifyNoFixAsync("""
        class Layer
        {
            private readonly double[] weights = new double[4];
            public double[] Train(double[] errors, double learningRate)
            {
                double[] previousErrors = new double[4];
                for (int i = 0; i < 4; i++)
                {
                    previousErrors[i] = errors[i] * weights[i];
                    weights[i] += learningRate * errors[i];
                }
                return previousErrors;
            }
        }

        class Trainer
        {
            void Train(Layer[] layers, double[] target, double[] output, double learningRate)
            {
                double[] errors = new double[4];
                for (int i = 0; i < 4; i++)
                    errors[i] = target[i] - output[i];
                for (int i = layers.Length - 1; i >= 0; i--)
                    errors = {|CLIP101:layers[i].Train(errors, learningRate)|};
            }
        }
        """);

    [Fact]
    public Task A_source_without_limits_is_one_argument() => InsertedCall.VerifyAsync(
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
    public Task Declared_layers_belong_to_the_model_that_holds_them() => InsertedCall.VerifyAsync(
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
    public Task A_model_behind_an_interface_is_clipped_by_its_own_limit() => InsertedCall.VerifyAsync(
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
}
