namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Updates that are written in several statements, or inside objects, and additions that are no updates.</summary>
public sealed class UpdateShapeTests
{
    [Theory]
    [InlineData("double moved = weights[i] + learningRate * deltas[i]; {|CLIP101:weights[i] = moved|};")]
    [InlineData("double moved = weights[i] - learningRate * deltas[i]; if (moved < 1) {|CLIP101:weights[i] = moved|};")]
    [InlineData("double moved = weights[i]; moved -= learningRate * deltas[i]; {|CLIP101:weights[i] = moved|};")]
    [InlineData("double old = weights[i]; {|CLIP101:weights[i] = old + learningRate * deltas[i]|};")]
    [InlineData("double old = weights[i]; double moved = old + learningRate * deltas[i]; {|CLIP101:weights[i] = moved|};")]
    [InlineData("double kept = weights[i]; weights[i] = 0; weights[i] = kept;")]
    [InlineData("double other = output[i]; weights[i] = other + learningRate * deltas[i];")]
    [InlineData("double moved = weights[i] + learningRate * Math.Clamp(deltas[i], -1, 1); weights[i] = moved;")]
    public Task New_value_is_computed_before(string update) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], deltas = new double[4];

            public void Train(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < deltas.Length; i++)
                        deltas[i] = target[i] - output[i];
                    for (int i = 0; i < deltas.Length; i++)
                    {
                        {{update}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("{|CLIP101:weights[i] += deltas[i]|};")]
    [InlineData("{|CLIP101:weights[i] = weights[i] - deltas[i]|};")]
    [InlineData("double old = weights[i]; double change = deltas[i]; double moved = old + change; {|CLIP101:weights[i] = moved|};")]
    [InlineData("output[i] += deltas[i];")]
    [InlineData("weights[i] += Math.Clamp(deltas[i], -1, 1);")]
    [InlineData("weights[i] += noise[i];")]
    public Task Stored_change_is_added_whole(string update) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], deltas = new double[4], output = new double[4], noise = new double[4];

            public void Train(double[] target, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < deltas.Length; i++)
                        deltas[i] = (target[i] - output[i]) * learningRate;
                    for (int i = 0; i < weights.Length; i++)
                    {
                        {{update}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("{|CLIP101:link.Weight += link.Delta|};")]
    [InlineData("{|CLIP101:link.Weight = link.Weight + link.Delta|};")]
    [InlineData("link.Weight += links[0].Delta;")]
    [InlineData("link.Mass += link.Delta;")]
    [InlineData("link.Weight += Math.Clamp(link.Delta, -1, 1);")]
    public Task Stored_change_of_one_weight_is_added_whole(string update) => LoopTest.FileAsync($$"""
        sealed class Link
        {
            public double Weight, Delta, Mass;
        }

        sealed class Network
        {
            private readonly List<Link> links = new();

            private void Backpropagate(double[] target, double[] output, double learningRate)
            {
                for (int i = 0; i < links.Count; i++)
                    links[i].Delta += learningRate * (target[i] - output[i]) * output[i];
            }

            public void Train(double[] target, double[] output)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Backpropagate(target, output, 0.1);
                    foreach (Link link in links)
                    {
                        {{update}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("changes", "weights[i] += changes[i]", true)]
    [InlineData("corrections", "weights[i] += corrections[i]", true)]
    // What the optimizer keeps, something that is no weight, and a clip.
    [InlineData("lastChanges", "weights[i] += lastChanges[i]", false)]
    [InlineData("changes", "totals[i] += changes[i]", false)]
    [InlineData("changes", "weights[i] += Math.Clamp(changes[i], -1, 1)", false)]
    public Task Changes_without_the_name_of_what_changes(string stored, string update, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Perceptron
        {
            private readonly double[] weights = new double[4], totals = new double[4];

            public void Train(double[][] inputs, double[] derivatives, double learningRate)
            {
                double[] {{stored}} = new double[4];
                for (int j = 0; j < inputs.Length; j++)
                {
                    for (int i = 0; i < 4; i++)
                        {{stored}}[i] += learningRate * derivatives[j] * inputs[j][i];
                }

                for (int i = 0; i < 4; i++)
                {
                    {{(isReported ? $"{{|CLIP101:{update}|}};" : update + ";")}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("moved.Last()[i] = weights.Last()[i] - learningRate * gradients.Last()[i]", true)]
    [InlineData("weights.Last()[i] -= learningRate * gradients.Last()[i]", true)]
    [InlineData("weights.First()[i] -= learningRate * Math.Clamp(gradients.First()[i], -1, 1)", false)]
    public Task First_and_last_arrays_of_a_list(string update, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly List<double[]> weights = new(), gradients = new(), moved = new();

            private void Backward(double[] errors, double[] input)
            {
                for (int i = 0; i < input.Length; i++)
                    gradients.{{(update.Contains("First") ? "First" : "Last")}}()[i] += errors[i] * input[i];
            }

            public void Train(double[] errors, double[] input, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Backward(errors, input);
                    for (int i = 0; i < input.Length; i++)
                    {
                        {{(isReported ? $"{{|CLIP101:{update}|}};" : update + ";")}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("weightsAfterUpDate", "rate", true)]
    [InlineData("loss", "learningRate", true)]
    [InlineData("step", "alfa", true)]
    [InlineData("weightsOnDate", "rate", false)]
    public Task Words_for_changes_errors_and_rates(string stored, string rate, bool isReported) => LoopTest.FileAsync($$"""
        sealed class NeuralLayer
        {
            private readonly double[] weights = new double[4], {{stored}} = new double[4];

            public void Train(double[] errors, double[] derivatives, double {{rate}})
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < 4; i++)
                        {{stored}}[i] = errors[i] * derivatives[i];
                    for (int i = 0; i < 4; i++)
                    {
                        {{(isReported ? $"{{|CLIP101:weights[i] -= {stored}[i] * {rate}|}};" : $"weights[i] -= {stored}[i] * {rate};")}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("moves[i] *= learningRate;", "{|CLIP101:weights[i] += moves[i]|};")]
    [InlineData("", "double weight = deltas[i] * input[i] * learningRate; {|CLIP101:weights[i] += weight|};")]
    [InlineData("", "double weight = deltas[i] * input[i] * LearnParam; {|CLIP101:weights[i] += weight|};")]
    [InlineData("moves[i] = deltas[i] * learningRate;", "{|CLIP101:updated[i] = weights[i] + moves[i]|};")]
    [InlineData("moves[i] *= Math.Clamp(deltas[i], -1, 1);", "weights[i] += moves[i];")]
    [InlineData("", "weights[i] += moves[i];")]
    public Task Rate_is_in_a_stored_or_local_change(string store, string update) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private const double LearnParam = 0.1;
            private readonly double[] weights = new double[4], deltas = new double[4], moves = new double[4], updated = new double[4];

            public void Train(double[] target, double[] output, double[] input, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < deltas.Length; i++)
                        deltas[i] = target[i] - output[i];
                    for (int i = 0; i < deltas.Length; i++)
                    {
                        moves[i] = deltas[i] * input[i];
                        {{store}}
                    }

                    for (int i = 0; i < weights.Length; i++)
                    {
                        {{update}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("NeuralNetwork", "{|CLIP101:weights[i, j] += errors[i] * inputs[j] * 0.1|};")]
    [InlineData("Neuronio", "{|CLIP101:weights[i, j] += errors[i] * inputs[j] * 0.1|};")]
    [InlineData("Perceptron", "weights[i, j] += errors[i] * inputs[j] * 0.1;")]
    [InlineData("NeuralNetwork", "weights[i, j] += Math.Clamp(errors[i], -1, 1) * inputs[j] * 0.1;")]
    public Task Network_is_the_only_name_of_training(string type, string update) => LoopTest.FileAsync($$"""
        sealed class {{type}}
        {
            private readonly double[,] weights = new double[4, 4];

            public void Fit(double[] inputs, double[] outputs, double[] target)
            {
                var errors = new double[4];
                for (int i = 0; i < 4; i++)
                    errors[i] = target[i] - outputs[i];
                for (int i = 0; i < 4; i++)
                {
                    for (int j = 0; j < 4; j++)
                        {{update}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("deltW")]
    [InlineData("deltaW")]
    [InlineData("wDiff")]
    public Task Change_is_named_after_the_letter_of_weights(string name) => LoopTest.FileAsync($$"""
        sealed class BackpropNetwork
        {
            private readonly double[] Weights = new double[4], {{name}} = new double[4];

            public void Train(double[] target, double[] output, double[] input, double n)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < Weights.Length; i++)
                        {{name}}[i] += (target[i] - output[i]) * input[i];
                    for (int i = 0; i < Weights.Length; i++)
                        {|CLIP101:Weights[i] -= n * {{name}}[i] / 32|};
                }
            }
        }

        """);

    [Fact]
    public Task Values_are_inside_objects() => LoopTest.FileAsync("""
        sealed class Cell
        {
            public double Value;
        }

        sealed class Network
        {
            private readonly Cell[] weights = new Cell[4], deltaCells = new Cell[4];

            public void Train(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < deltaCells.Length; i++)
                        deltaCells[i].Value = target[i] - output[i];
                    for (int i = 0; i < weights.Length; i++)
                        {|CLIP101:weights[i].Value += learningRate * deltaCells[i].Value|};
                }
            }
        }

        """);

    [Fact]
    public Task Sum_over_time_is_kept_in_a_new_object() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            public double Bias;
            public double[] Weights = new double[4];

            public Neuron GetGradients(List<double[]> costs)
            {
                var sum = new Neuron();
                for (int t = 0; t < costs.Count; t++)
                {
                    double[] gradients = Backpropagate(costs[t]);
                    sum.Bias += gradients[0];
                }

                return sum;
            }

            private static double[] Backpropagate(double[] cost) => [cost[0] * 2];
        }

        """);

    [Fact]
    public Task Model_is_created_and_trained_in_one_body() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            public double[] Weights = new double[4], Gradients = new double[4];

            public void Backpropagate(double[] cost)
            {
                for (int i = 0; i < cost.Length; i++)
                    Gradients[i] += cost[i];
            }
        }

        static class Program
        {
            public static void Run(List<double[]> costs, double learningRate)
            {
                var neuron = new Neuron();
                foreach (double[] cost in costs)
                {
                    neuron.Backpropagate(cost);
                    for (int i = 0; i < 4; i++)
                        {|CLIP101:neuron.Weights[i] -= learningRate * neuron.Gradients[i]|};
                }
            }
        }

        """);

    [Fact]
    public Task Change_is_added_whole_by_a_named_method() => LoopTest.FileAsync("""
        sealed class Matrix
        {
            private readonly double[] values = new double[4];

            public void AddMatrixByElement(Matrix other)
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] += other.values[i];
            }

            public static Matrix Dot(Matrix left, Matrix right) => left;
        }

        sealed class Network
        {
            private readonly Matrix weights_ho = new(), weights_ih = new();

            // The backpropagation of one example.
            public void Train(Matrix input, Matrix error)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Matrix dWho = Matrix.Dot(input, error);
                    Matrix dWih = Matrix.Dot(error, input);
                    {|CLIP101:weights_ho.AddMatrixByElement(dWho)|};
                    weights_ih.AddMatrixByElement(dWih);
                }
            }
        }

        """);

    [Theory]
    [InlineData("weights[i] -= learningRate * (deltas[i] + decay * Math.Sign(weights[i]));", true)]
    [InlineData("weights[i] -= learningRate * Math.Sign(deltas[i]);", false)]
    public Task Decay_by_the_sign_of_the_weight_limits_no_gradient(string update, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], deltas = new double[4];

            public void Train(double[] target, double[] output, double learningRate, double decay)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < deltas.Length; i++)
                        deltas[i] = target[i] - output[i];
                    for (int i = 0; i < deltas.Length; i++)
                        {{(isReported ? $"{{|CLIP101:{update.TrimEnd(';')}|}};" : update)}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("w", "deltaW", true)]
    [InlineData("w", "wDelta", true)]
    [InlineData("weights", "weightAdjust", true)]
    [InlineData("weights", "weights_nudge", true)]
    [InlineData("w", "deltaQ", false)]
    public Task Change_is_named_after_the_parameter(string parameter, string change, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] {{parameter}} = new double[4], {{change}} = new double[4];
            private readonly double eta = 0.1;

            public void BackPropagation(double[] target, double[] output)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < 4; i++)
                        {{change}}[i] = eta * (target[i] - output[i]);
                    for (int i = 0; i < 4; i++)
                        {{(isReported ? "{|CLIP101:" : "")}}{{parameter}}[i] = {{parameter}}[i] + {{change}}[i]{{(isReported ? "|}" : "")}};
                }
            }
        }

        """);

    [Fact]
    public Task Last_step_is_kept_for_the_momentum() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            private readonly float[] weights = new float[4], weightsDelta = new float[4];

            public float Train(float[] inputs, float difference, float learningRate, float momentum)
            {
                float error = ComputeDerivative(inputs[0]) * difference;
                for (int i = 0; i < weights.Length; i++)
                {
                    float delta = learningRate * error * inputs[i] - momentum * weightsDelta[i];
                    weights[i] = weights[i] - delta;
                    weightsDelta[i] = delta;
                }

                return error;
            }

            private static float ComputeDerivative(float x) => x * (1 - x);
        }

        """);

    [Fact]
    public Task Derivative_is_added_to_a_sum_inside_a_connection() => LoopTest.FileAsync("""
        sealed class Connection
        {
            public double Weight, WeightDerivative, Gradient;
        }

        sealed class Layer
        {
            private readonly Connection[] connections = new Connection[4];

            public void UpdateGradients(double[] expected, double[] output)
            {
                for (int i = 0; i < connections.Length; i++)
                {
                    connections[i].Gradient = expected[i] - output[i];
                    connections[i].WeightDerivative += connections[i].Gradient * output[i];
                }
            }
        }

        """);

    [Theory]
    [InlineData("double[] errors", "errors[i] = ", "")]
    [InlineData("List<double> errors", "errors.Add(", ")")]
    [InlineData("List<double> errors", "errors.Insert(0, ", ")")]
    public Task Errors_are_kept_in_a_collection(string declaration, string fill, string end) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4];

            public void Train(double[] target, double[] output, {{declaration}}, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < weights.Length; i++)
                        {{fill}}target[i] - output[i]{{end}};
                    for (int i = 0; i < weights.Length; i++)
                        {|CLIP101:weights[i] += learningRate * errors[i]|};
                }
            }
        }

        """);

    [Fact]
    public Task Delta_comes_from_a_method_with_arguments() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            public double Delta;
            public double[] Weights = new double[4];
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];
            private readonly double LRate = 0.1;

            public void Train(double[] target, double[] output)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < neurons.Length; i++)
                        neurons[i].Delta = GetNeuronDelta(target[i], output[i]);
                    for (int i = 0; i < neurons.Length; i++)
                    {
                        double step = LRate * neurons[i].Delta;
                        for (int j = 0; j < 4; j++)
                            {|CLIP101:neurons[i].Weights[j] += step|};
                    }
                }
            }

            private static double GetNeuronDelta(double target, double output) => (target - output) * output;
        }

        """);

    [Fact]
    public Task Inputs_and_targets_are_listed_in_the_body() => LoopTest.FileAsync("""
        static class Program
        {
            private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

            public static void Work()
            {
                double[] inputs = { 0, 1 }, targets = { 1, 0 };
                double[] weights = new double[2];
                double learningRate = 0.1;
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    double[] hiddenGradient = new double[2];
                    for (int i = 0; i < 2; i++)
                        hiddenGradient[i] = (targets[i] - Sigmoid(weights[i])) * weights[i];
                    for (int i = 0; i < 2; i++)
                        {|CLIP101:weights[i] += learningRate * hiddenGradient[i] * inputs[i]|};
                }
            }
        }

        """);

    /// <summary>A network over matrices, whose training method computes the errors of the output first.</summary>
    private static string OverMatrices(string statements) => $$"""
        sealed class Matrix
        {
            public static Matrix operator +(Matrix left, Matrix right) => left;
            public static Matrix operator -(Matrix left, Matrix right) => left;
            public static Matrix operator *(Matrix left, Matrix right) => left;
            public static Matrix Sum(Matrix left, Matrix right) => left;
            public static Matrix Dot(Matrix left, Matrix right) => left;
            public Matrix Transpose() => this;
            public Matrix Add(Matrix other) => this;
            public Matrix Map(Func<double, double> function) => this;
            public Matrix Inverse() => this;
        }

        sealed class Network
        {
            private Matrix weights = new(), synapses = new(), offset = new(), learnedRates = new();
            private readonly double learningRate = 0.1;

            private static Matrix Derivative(Matrix x) => x;

            public void Train(Matrix inputs, Matrix targets)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Matrix outputs = Matrix.Dot(inputs, weights);
                    Matrix error = targets - outputs;
                    {{statements}}
                }
            }
        }

        """;

    [Theory]
    [InlineData("Matrix adjustment = Matrix.Dot(inputs.Transpose(), error * Derivative(outputs)); {|CLIP101:weights += adjustment|};")]
    [InlineData("Matrix change = inputs.Transpose() * error; {|CLIP101:weights = weights + change.Transpose()|};")]
    [InlineData("Matrix change = Matrix.Dot(inputs, error); {|CLIP101:weights = Matrix.Sum(weights, change)|};")]
    [InlineData("Matrix change = Matrix.Dot(inputs, error); {|CLIP101:synapses = synapses.Add(change)|};")]
    [InlineData("Matrix delta = Matrix.Dot(inputs, error); delta = delta.Map(d => d * learningRate); {|CLIP101:synapses += delta|};")]
    // No product of an error, no weights, and nothing that is added whole.
    [InlineData("Matrix change = inputs.Transpose(); weights += change;")]
    [InlineData("Matrix change = error + outputs; weights += change;")]
    [InlineData("Matrix change = Matrix.Dot(inputs, error); offset += change;")]
    public Task Product_of_the_error_is_added_to_a_matrix(string statements) => LoopTest.FileAsync(OverMatrices(statements));

    [Theory]
    [InlineData("errors[i] * Slope(outputs[i])", true)]
    [InlineData("outputs[i]", false)]
    public Task Lists_are_replaced_by_queries(string item, bool isReported)
    {
        string update = "weights = weights.Zip(gradients, (w, g) => w - learningRate * g).ToList()";
        return LoopTest.FileAsync($$"""
        sealed class Network
        {
            private List<double> weights = new(), outputs = new();
            private readonly double learningRate = 0.1;

            private static double Slope(double x) => x * (1 - x);

            public void Backpropagate(List<double> target)
            {
                List<double> errors = Enumerable.Range(0, 4).Select(i => outputs[i] - target[i]).ToList();
                List<double> gradients = Enumerable.Range(0, 4).Select(i => {{item}}).ToList();
                {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
            }
        }

        """);
    }

    [Fact]
    public Task Step_that_two_methods_of_the_same_object_make() => LoopTest.FileAsync("""
        interface INeuron
        {
            double Slope { get; }
        }

        sealed class Neuron : INeuron
        {
            private double _slope;

            public double Slope => _slope;

            public void CalculateDelta(double target) => _slope = target * (1 - target);
        }

        sealed class Connection
        {
            public double Weight, Input;
            public INeuron Destination = new Neuron();
        }

        sealed class Trainer
        {
            private readonly List<Neuron> neurons = new();
            private readonly List<Connection> connections = new(), biases = new();
            private readonly double learningRate = 0.1;

            public void Train(double[] targets)
            {
                for (int i = 0; i < targets.Length; i++)
                    neurons[i].CalculateDelta(targets[i]);
                {|CLIP101:UpdateWeights()|};
            }

            private void UpdateWeights()
            {
                foreach (Connection connection in connections)
                    UpdateConnectionWeight(connection);
                foreach (Connection bias in biases)
                    UpdateBiasWeight(bias);
            }

            private void UpdateConnectionWeight(Connection connection) =>
                connection.Weight -= learningRate * connection.Destination.Slope * connection.Input;

            private void UpdateBiasWeight(Connection connection) => connection.Weight -= learningRate * connection.Destination.Slope;
        }

        """);

    [Theory]
    [InlineData("deltaSignal * link.From.Output", true)]
    // Nothing that the link leads to.
    [InlineData("deltaSignal * decay", false)]
    public Task The_error_moves_a_link_without_a_rate(string change, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Link
        {
            public double Weight;
            public Neuron From = new();
        }

        sealed class Neuron
        {
            public double Output;
            private double deltaSignal;
            private readonly double decay = 0.5;
            private readonly List<Link> links = new();

            public void Compute(double sum, double speed) => deltaSignal = sum * speed * Output * (1 - Output);

            public void Change()
            {
                foreach (Link link in links)
                    link.Weight += {{change}};
            }
        }

        static class Trainer
        {
            public static void Train(Neuron[] neurons, double[] sums)
            {
                foreach (double sum in sums)
                {
                    foreach (Neuron neuron in neurons)
                        neuron.Compute(sum, 0.1);
                    foreach (Neuron neuron in neurons)
                        {{(isReported ? "{|CLIP101:neuron.Change()|}" : "neuron.Change()")}};
                }
            }
        }

        """);

    [Theory]
    [InlineData("DerivativeError", true)]
    [InlineData("ErrorDerivative", true)]
    [InlineData("Error", false)]
    public Task The_derivative_of_the_error_is_subtracted_whole(string name, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Connection
        {
            public double Weight, {{name}};
            public void Apply() => Weight -= {{name}};
        }

        sealed class NeuralNetwork
        {
            private readonly Connection[] connections = [new(), new()];
            private readonly double coefficient = 0.1;

            public void Train(double[][] outputs, double[] signals)
            {
                foreach (double[] output in outputs)
                {
                    for (int i = 0; i < 2; i++)
                        connections[i].{{name}} = coefficient * output[i] * signals[i];
                    for (int i = 0; i < 2; i++)
                        {{(isReported ? "{|CLIP101:connections[i].Apply()|}" : "connections[i].Apply()")}};
                }
            }
        }

        """);

    [Theory]
    [InlineData("outputGradient * outer[i] * SigmoidPrime(hidden[i])", true)]
    [InlineData("Math.Clamp(outputGradient * outer[i], -1, 1)", false)]
    public Task The_error_of_the_layer_before_is_computed_from_a_gradient(string error, bool isReported)
    {
        string update = "weights[i][j] -= learningRate * hiddenErrors[i] * input[j]";
        return LoopTest.FileAsync($$"""
        sealed class NeuralNetwork
        {
            private readonly double[] outer = new double[4];
            private readonly double[][] weights = new double[4][];

            private static double SigmoidPrime(double x) => x * (1 - x);

            public void Train(double[] input, double[] hidden, double output, double target, double learningRate)
            {
                double outputGradient = (output - target) * SigmoidPrime(output);
                for (int i = 0; i < 4; i++)
                    outer[i] -= learningRate * outputGradient * hidden[i];
                double[] hiddenErrors = new double[4];
                for (int i = 0; i < 4; i++)
                    hiddenErrors[i] = {{error}};
                for (int i = 0; i < 4; i++)
                {
                    for (int j = 0; j < 4; j++)
                        {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
                }
            }
        }

        """);
    }

    [Theory]
    [InlineData("weights[i] - learningRate / samples.Count * gradients[i]", true)]
    [InlineData("weights[i] - learningRate / samples.Count * Math.Clamp(gradients[i], -1, 1)", false)]
    // A copy.
    [InlineData("weights[i] + 0.5", false)]
    public Task New_weights_are_added_to_a_list(string value, bool isReported) => LoopTest.FileAsync($$"""
        sealed class NeuralNetwork
        {
            private List<double> weights = new();

            private List<double> Backpropagate(double sample) => weights.Select(weight => weight * sample).ToList();

            public void Train(List<double> samples, double learningRate)
            {
                var gradients = new List<double>();
                foreach (double sample in samples)
                {
                    List<double> found = Backpropagate(sample);
                    for (int i = 0; i < found.Count; i++)
                        gradients[i] += found[i];
                }

                var moved = new List<double>();
                for (int i = 0; i < weights.Count; i++)
                    {{(isReported ? $"{{|CLIP101:moved.Add({value})|}}" : $"moved.Add({value})")}};
                weights = moved;
            }
        }

        """);

    [Theory]
    [InlineData("learningRate * deltaHidden[i] * input", true)]
    [InlineData("learningRate * input", false)]
    public Task The_caller_multiplies_a_local_buffer(string change, bool isReported)
    {
        string update = $"links[i].UpdateWeights(links[i].Weight + {change})";
        return LoopTest.FileAsync($$"""
        sealed class Link
        {
            public double Weight;
            public void UpdateWeights(double value) => Weight = value;
        }

        sealed class NeuralNetwork
        {
            private readonly Link[] links = [new(), new()];

            public void Learn(double[] outputs, double delta, double input, double learningRate)
            {
                double[] deltaHidden = new double[2];
                for (int i = 0; i < 2; i++)
                    deltaHidden[i] = outputs[i] * (1 - outputs[i]) * delta;
                for (int i = 0; i < 2; i++)
                    {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
            }
        }

        """);
    }
}
