namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Methods for numbers of any meaning, which update parameters or fill gradients because of what a caller passes.</summary>
public sealed class CalledWriteTests
{
    private const string Arrays = """
        static class Arrays
        {
            public static void Move(float[][] a, float[][] b, float factor)
            {
                for (int i = 0; i < a.Length; i++)
                {
                    float[] row = a[i];
                    for (int j = 0; j < row.Length; j++)
                        row[j] -= b[i][j] * factor;
                }
            }

            public static void Collect(float[][] a, float[][] b)
            {
                for (int i = 0; i < a.Length; i++)
                    for (int j = 0; j < a[i].Length; j++)
                        a[i][j] += b[i][j];
            }

            public static void Outer(float[] x, float[] y, float[][] result)
            {
                for (int i = 0; i < x.Length; i++)
                    for (int j = 0; j < y.Length; j++)
                        result[i][j] = x[i] * y[j];
            }

            public static void MoveBounded(float[][] a, float[][] b)
            {
                for (int i = 0; i < a.Length; i++)
                    for (int j = 0; j < a[i].Length; j++)
                        a[i][j] -= Math.Clamp(b[i][j], -1, 1);
            }
        }

        """;

    [Theory]
    [InlineData("{|CLIP101:Arrays.Move(weights, gradient, learningRate)|};")]
    [InlineData("{|CLIP101:Arrays.Move(weights, gradient, 0.1f)|};")]
    [InlineData("{|CLIP101:Arrays.Collect(weights, gradient)|};")]
    [InlineData("Arrays.Move(plot, gradient, scale);")]
    [InlineData("Arrays.MoveBounded(weights, gradient);")]
    public Task Method_moves_what_it_is_passed(string update) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly float[][] weights = new float[2][], gradient = new float[2][], plot = new float[2][];
            private readonly float learningRate = 0.1f, scale = 2;

            public void Train(List<float[]> examples)
            {
                foreach (float[] x in examples)
                {
                    Backward(x);
                    {{update}}
                }
            }

            private void Backward(float[] x)
            {
                for (int i = 0; i < x.Length; i++)
                    gradient[0][i] += x[i] * (1 - x[i]);
            }
        }

        """ + Arrays);

    [Theory]
    [InlineData("Arrays.Collect(gradient, part)")]
    [InlineData("Arrays.Outer(delta, x, gradient)")]
    public Task Method_fills_what_it_is_passed(string fill) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly float[][] weights = new float[2][], gradient = new float[2][], part = new float[2][];

            public void Train(List<float[]> examples, float[] delta, float learningRate)
            {
                foreach (float[] x in examples)
                {
                    {{fill}};
                    {|CLIP101:Arrays.Move(weights, gradient, learningRate)|};
                }
            }
        }

        """ + Arrays);

    [Fact]
    public Task Method_of_a_weight_takes_the_error() => LoopTest.FileAsync("""
        sealed class Weight
        {
            public double Value { get; private set; }

            public void Update(double rate, double amount, double input) => Value += rate * amount * input;
        }

        sealed class Neuron
        {
            public double Output { get; set; }
            public double ErrorSignal { get; set; }
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];
            private readonly Weight[] weights = new Weight[4];

            public void Train(List<double[]> examples, double learningRate)
            {
                foreach (double[] target in examples)
                {
                    BackPropagate(target);
                    {|CLIP101:UpdateWeights(learningRate)|};
                }
            }

            private void BackPropagate(double[] target)
            {
                for (int i = 0; i < neurons.Length; i++)
                    neurons[i].ErrorSignal = target[i] - neurons[i].Output;
            }

            private void UpdateWeights(double learningRate)
            {
                for (int i = 0; i < neurons.Length; i++)
                    weights[i].Update(learningRate, neurons[i].ErrorSignal, neurons[i].Output);
            }
        }

        """);

    [Fact]
    public Task Method_computes_the_error_of_a_neuron_and_applies_it_at_once() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            public double[] Weights { get; } = new double[4];
            public double Delta { get; private set; }

            public void Learn(double error, double learningRate)
            {
                Delta = error * 0.5;
                for (int i = 0; i < Weights.Length; i++)
                {
                    double newWeight = Weights[i] - Delta * learningRate;
                    Weights[i] = newWeight;
                }
            }
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];

            public void Backpropagate(double[] target, double learningRate)
            {
                for (int i = neurons.Length - 1; i >= 0; i--)
                {
                    double error = neurons[i].Weights[0] * neurons[i].Delta - target[i];
                    neurons[i].Learn(error, learningRate);
                }
            }
        }

        """);

    [Fact]
    public Task Stored_errors_of_a_layer_are_passed_as_numbers() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            private readonly double[] weights = new double[4];

            public void Learn(double error, double learningRate)
            {
                double gradient = error * learningRate;
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += gradient;
            }
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];

            public void Train(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    double[] errors = new double[4];
                    for (int i = 0; i < errors.Length; i++)
                        errors[i] = target[i] - output[i];
                    for (int i = 0; i < errors.Length; i++)
                        {|CLIP101:neurons[i].Learn(errors[i], learningRate)|};
                }
            }
        }

        """);

    [Theory]
    [InlineData("foreach (Edge edge in node.Edges) edge.Weight += numbers[next++];", true)]
    [InlineData("foreach (Edge edge in node.Edges) edge.Weight += Math.Clamp(numbers[next++], -1f, 1f);", false)]
    // What is drawn is no parameter.
    [InlineData("foreach (Edge edge in node.Edges) edge.Width = numbers[next++];", false)]
    public Task Method_distributes_a_flat_gradient_over_its_own_objects(string statements, bool isReported)
    {
        string call = isReported ? "{|CLIP101:AddToParameters(gradient)|};" : "AddToParameters(gradient);";
        return LoopTest.FileAsync($$"""
        sealed class Edge
        {
            public float Weight, Width;
        }

        sealed class Node
        {
            public readonly List<Edge> Edges = new();
        }

        sealed class Network
        {
            private readonly List<Node> _nodes = new();

            private float[] BackPropagate(float[] target)
            {
                var gradient = new float[8];
                for (int i = 0; i < gradient.Length; i++)
                    gradient[i] = -0.1f * (target[i] - _nodes[i].Edges[0].Weight);
                return gradient;
            }

            private void AddToParameters(float[] numbers)
            {
                int next = 0;
                foreach (Node node in _nodes)
                {
                    {{statements}}
                }
            }

            public void Train(List<float[]> targets)
            {
                foreach (float[] target in targets)
                {
                    float[] gradient = BackPropagate(target);
                    {{call}}
                }
            }
        }

        """);
    }

    /// <summary>
    /// A volume whose operations write into their last argument, parameters that are paired with gradients, and a trainer.
    /// </summary>
    private static string Volumes(string operation, string before, bool isReported) => $$"""
        abstract class Volume
        {
            public readonly float[] Values = new float[8];

            public void Multiply(float factor, Volume result)
            {
                for (int i = 0; i < Values.Length; i++)
                    result.Values[i] = Values[i] * factor;
            }

            public void SubtractFrom(Volume other, Volume result) => Map((x, y) => y - x, other.Values, result.Values);

            private void Map(Func<float, float, float> function, float[] other, float[] result)
            {
                float[] left = Values, right = other;
                {{operation}}
                for (int i = 0; i < result.Length; i++)
                    result[i] = function(left[i], right[i]);
            }
        }

        sealed class ParametersAndGradients
        {
            public Volume Parameters, Gradients;
        }

        abstract class Layer
        {
            public readonly ParametersAndGradients Pair = new();

            public void Backward(Volume error)
            {
                for (int i = 0; i < error.Values.Length; i++)
                    Pair.Gradients.Values[i] += error.Values[i];
            }
        }

        abstract class Trainer
        {
            protected readonly List<Layer> layers = new();

            protected abstract void TrainImplementation();

            public void Train(Volume error)
            {
                foreach (Layer layer in layers)
                    layer.Backward(error);
                {{(isReported ? "{|CLIP101:TrainImplementation()|};" : "TrainImplementation();")}}
            }
        }

        sealed class SgdTrainer : Trainer
        {
            private readonly float learningRate = 0.1f;

            protected override void TrainImplementation()
            {
                foreach (Layer layer in layers)
                {
                    ParametersAndGradients parametersAndGradients = layer.Pair;
                    Volume parameters = parametersAndGradients.Parameters;
                    Volume gradients = parametersAndGradients.Gradients;
                    {{before}}
                    gradients.Multiply(learningRate, gradients);
                    gradients.SubtractFrom(parameters, parameters);
                }
            }
        }

        """;

    [Theory]
    // The longer of two buffers is no limit.
    [InlineData("if (left.Length < right.Length) { left = other; right = Values; }", "", true)]
    [InlineData("", "for (int i = 0; i < 8; i++) gradients.Values[i] = Math.Clamp(gradients.Values[i], -1f, 1f);", false)]
    public Task Operations_write_into_their_last_argument(string operation, string before, bool isReported) =>
        LoopTest.FileAsync(Volumes(operation, before, isReported));

    [Theory]
    [InlineData("change.Multiply(Errors); change.Multiply(learningRate);", "{|CLIP101:Weights.Add(change)|};")]
    [InlineData("change.Multiply(Errors); change.Clip(1);", "Weights.Add(change);")]
    // Nothing of an error is added.
    [InlineData("change.Multiply(learningRate);", "Weights.Add(change);")]
    public Task Errors_are_multiplied_into_a_matrix(string statements, string update) => LoopTest.FileAsync($$"""
        sealed class Matrix
        {
            private readonly double[] values = new double[4];

            public static Matrix Copy(Matrix other) => new();

            public static Matrix Subtract(Matrix a, Matrix b) => new();

            public void Add(Matrix other)
            {
                for (int i = 0; i < 4; i++)
                    values[i] += other.values[i];
            }

            public void Multiply(Matrix other)
            {
                for (int i = 0; i < 4; i++)
                    values[i] *= other.values[i];
            }

            public void Multiply(double factor)
            {
                for (int i = 0; i < 4; i++)
                    values[i] *= factor;
            }

            public void Clip(double limit)
            {
                for (int i = 0; i < 4; i++)
                    values[i] = Math.Clamp(values[i], -limit, limit);
            }
        }

        sealed class NeuralNetwork
        {
            private readonly Matrix Weights = new();
            private Matrix Errors = new(), Outputs = new();

            public void Train(Matrix[] targets, double learningRate)
            {
                foreach (Matrix target in targets)
                {
                    Errors = Matrix.Subtract(target, Outputs);
                    Matrix change = Matrix.Copy(Outputs);
                    {{statements}}
                    {{update}};
                }
            }
        }

        """.Replace(";;", ";", StringComparison.Ordinal));
}
