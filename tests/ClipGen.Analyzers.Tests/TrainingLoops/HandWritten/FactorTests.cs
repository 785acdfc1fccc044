namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Updates whose learning rate or gradient has no telling name, so that the form of the update decides.</summary>
public sealed class FactorTests
{
    [Theory]
    [InlineData("{|CLIP101:weights[i] += epsilon * deltas[i] * inputs[i]|};")]
    [InlineData("{|CLIP101:weights[i] += 0.1 * deltas[i] * inputs[i]|};")]
    [InlineData("{|CLIP101:weights[i] += Nu * deltas[i] * inputs[i]|};")]
    [InlineData("double change = deltas[i] * inputs[i]; {|CLIP101:weights[i] += epsilon * change|};")]
    [InlineData("double step = deltas[i] * inputs[i]; step *= epsilon; {|CLIP101:weights[i] -= step|};")]
    [InlineData("double weightDiff = Checked(epsilon * deltas[i] * inputs[i]); {|CLIP101:weights[i] = weights[i] + weightDiff|};")]
    // Sums of gradients, whatever they are named.
    [InlineData("weightTotals[i] += deltas[i] * inputs[i];")]
    [InlineData("weightTotals[i] += output * deltas[i];")]
    public Task Any_factor_can_be_the_rate_of_a_weight(string update) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], weightTotals = new double[4], deltas = new double[4], inputs = new double[4];
            private const double Nu = 1;
            private double epsilon = 0.7;

            private static double Checked(double value) => double.IsPositiveInfinity(value) ? throw new Exception() : value;

            private static double Derivative(double x) => x * (1 - x);

            public void BackPropagation(double[] target, double output)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < deltas.Length; i++)
                        deltas[i] = (target[i] - output) * Derivative(output);
                    for (int i = 0; i < weights.Length; i++)
                    {
                        {{update}}
                    }
                }
            }
        }

        """);

    [Theory]
    [InlineData("qd", "weights[i] -= learningRate * qd[i]", true)]
    [InlineData("qd", "weights[i] = weights[i] - learningRate * (qd[i] * 0.5)", true)]
    [InlineData("qd", "weights[i] -= (learningRate / sums.Length) * qd[i]", true)]
    [InlineData("qd", "weights[i] -= learningRate * qd[i] / sums.Length", true)]
    [InlineData("qd", "weights[i] -= (learningRate / Math.Sqrt(sums[0])) * qd[i]", false)]
    [InlineData("changeInWeight", "weights[i] += learningRate * inputs[i] * changeInWeight[i]", true)]
    [InlineData("outputs", "weights[i] += learningRate * outputs[i]", false)]
    [InlineData("qd", "weights[i] -= learningRate * qd[i] * inputs[i]", false)]
    public Task What_is_multiplied_by_the_rate_alone_is_the_gradient(string gradient, string update, bool isReported) =>
        LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], {{gradient}} = new double[4], inputs = new double[4];

            private double Slope(int i) => weights[i] * (1 - weights[i]);

            public void Train(double[] sums, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < {{gradient}}.Length; i++)
                        {{gradient}}[i] = sums[i] * Slope(i);
                    for (int i = 0; i < weights.Length; i++)
                        {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
                }
            }
        }

        """);

    [Theory]
    [InlineData("pesos", "erros", "taxa")]
    [InlineData("pesi", "errori", "tasso")]
    [InlineData("poids", "erreurs", "taux")]
    [InlineData("gewichte", "fehler", "rate")]
    [InlineData("wagi", "bledy", "mi")]
    [InlineData("agirlik", "hata", "lamda")]
    [InlineData("ağırlıklar", "hatalar", "oran")]
    [InlineData("bobot", "galat", "laju")]
    [InlineData("vaha", "chyba", "krok")]
    [InlineData("weigths", "errors", "rate")]
    public Task Names_in_other_languages(string weights, string errors, string rate) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] {{weights}} = new double[4], {{errors}} = new double[4];

            public void Backpropagation(double[] wanted, double[] got, double {{rate}})
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < {{errors}}.Length; i++)
                        {{errors}}[i] = (wanted[i] - got[i]) * got[i];
                    for (int i = 0; i < {{weights}}.Length; i++)
                        {|CLIP101:{{weights}}[i] += {{rate}} * {{errors}}[i] * got[i]|};
                }
            }
        }

        """);

    [Fact]
    public Task Names_of_parameters_and_errors_suffice_to_find_the_code() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            public double[] Weights = new double[4];
            public double SignalError, ErrorRate = 0.1;

            public void UpdateWeights(double[] inputs)
            {
                for (int i = 0; i < Weights.Length; i++)
                    Weights[i] += ErrorRate * SignalError * inputs[i];
            }
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];

            private void CalculateSignalError(double[] desired)
            {
                for (int i = 0; i < neurons.Length; i++)
                    neurons[i].SignalError = (desired[i] - neurons[i].Weights[0]) * neurons[i].Weights[1];
            }

            public void Run(double[][] samples)
            {
                foreach (double[] sample in samples)
                {
                    CalculateSignalError(sample);
                    foreach (Neuron neuron in neurons)
                        {|CLIP101:neuron.UpdateWeights(sample)|};
                }
            }
        }

        """);

    [Theory]
    [InlineData("g = g > 1 ? 1 : g; g = g < -1 ? -1 : g;", false)]
    [InlineData("g = g > limit ? limit : g < -limit ? -limit : g;", false)]
    [InlineData("if (g > limit) g = limit; if (g < -limit) g = -limit;", false)]
    [InlineData("g = g > other ? g : 0;", true)]
    [InlineData("g = weights[i] > 0 ? g : 0;", true)]
    public Task A_number_is_limited_before_it_is_applied(string change, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], grads = new double[4];
            private readonly double limit = 1, other = 0;

            private void Backward(double[] sample)
            {
                for (int i = 0; i < grads.Length; i++)
                    grads[i] += sample[i] * weights[i];
            }

            private void Step(double lr)
            {
                for (int i = 0; i < weights.Length; i++)
                {
                    double g = grads[i];
                    {{change}}
                    weights[i] -= lr * g;
                }
            }

            public void Train(double[][] samples)
            {
                foreach (double[] sample in samples)
                {
                    Backward(sample);
                    {{(isReported ? "{|CLIP101:Step(0.1)|};" : "Step(0.1);")}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("double scale = learningRate / 32;", "{|CLIP101:weights[i] -= scale * changes[i]|};")]
    [InlineData("double half = 0.5 * learningRate; double scale = half / 32;", "{|CLIP101:weights[i] -= scale * changes[i]|};")]
    [InlineData("double scale = learningRate * weights[0];", "weights[i] -= scale * changes[i];")]
    [InlineData("double scale = learningRate * Math.Min(1, 5 / limit);", "weights[i] -= scale * changes[i];")]
    [InlineData("double scale = learningRate / norm;", "weights[i] -= scale * changes[i];")]
    [InlineData("double scale = 32;", "weights[i] -= scale * changes[i];")]
    public Task Number_that_is_set_from_the_rate_is_a_rate(string scale, string update) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], changes = new double[4];

            public void Train(double learningRate, double limit, double norm)
            {
                {{scale}}
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < changes.Length; i++)
                        changes[i] = (weights[i] - 1) * Derivative(weights[i]);
                    for (int i = 0; i < weights.Length; i++)
                        {{update}}
                }
            }

            private static double Derivative(double x) => x * (1 - x);
        }

        """);

    [Theory]
    [InlineData("a[i, j] += learningRate * delta[j] * x[i]", true)]
    [InlineData("b[i][j] -= learningRate * delta[j] * x[i]", true)]
    [InlineData("a[i, j] = a[i, j] + learningRate * delta[j] * x[i]", true)]
    // Weights need no rate.
    [InlineData("weights[i, j] += delta[j] * x[i]", true)]
    [InlineData("a[i, j] += delta[j] * x[i]", false)]
    // A vector, and a change by a rate that is named for something else.
    [InlineData("x[i] += learningRate * delta[j] * x[j]", false)]
    [InlineData("a[i, j] += speed * delta[j] * x[i]", false)]
    [InlineData("a[i, j] += learningRate * Math.Clamp(delta[j], -1, 1) * x[i]", false)]
    public Task Matrix_that_changes_by_rate_error_and_input_holds_weights(string update, bool isReported) => LoopTest.FileAsync($$"""
        sealed class NeuralNetwork
        {
            private readonly double[,] a = new double[4, 4], weights = new double[4, 4];
            private readonly double[][] b = new double[4][];

            public void Fit(double[] x, double[] y, double[] target, double learningRate, double speed)
            {
                var delta = new double[4];
                for (int j = 0; j < 4; j++)
                    delta[j] = (target[j] - y[j]) * y[j];
                for (int i = 0; i < 4; i++)
                {
                    for (int j = 0; j < 4; j++)
                        {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
                }
            }
        }

        """);

    [Theory]
    [InlineData("TrainingSpeed", "{|CLIP101:weights[i] -= change + settings.Momentum * last[i]|};")]
    // Nothing says that it is no activation.
    [InlineData("Level", "weights[i] -= change + settings.Momentum * last[i];")]
    public Task Rate_of_an_object_is_named_like_a_rate(string rate, string update) => LoopTest.FileAsync($$"""
        sealed class Settings
        {
            public double {{rate}}, Momentum;
        }

        sealed class NeuralNetwork(Settings settings)
        {
            private readonly double[] weights = new double[4], last = new double[4], delta = new double[4];

            public void Fit(double[] inputs, double[] outputs, double[] target)
            {
                for (int i = 0; i < 4; i++)
                    delta[i] = target[i] - outputs[i];
                for (int i = 0; i < 4; i++)
                {
                    double change = settings.{{rate}} * delta[i] * inputs[i];
                    {{update}}
                    last[i] = change;
                }
            }
        }

        """);

    [Theory]
    [InlineData("weightsToPrevLayer", true)]
    [InlineData("nextLayerWeights", true)]
    [InlineData("prevWeights", false)]
    [InlineData("lastStepWeights", false)]
    public Task Weights_of_the_layer_before_or_after(string weights, bool isReported)
    {
        string update = $"{weights}[i] += epsilon * deltas[i] * inputs[i]";
        return LoopTest.FileAsync($$"""
        sealed class NeuralNetwork
        {
            private readonly double[] {{weights}} = new double[4], deltas = new double[4], inputs = new double[4];
            private double epsilon = 0.7;

            public void BackPropagation(double[] target, double output)
            {
                for (int i = 0; i < 4; i++)
                    deltas[i] = (target[i] - output) * inputs[i];
                for (int i = 0; i < 4; i++)
                    {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
            }
        }

        """);
    }

    [Theory]
    [InlineData("{|CLIP101:weights += adjustment|};")]
    [InlineData("{|CLIP101:weights = Matrix.MatrixSum(weights, adjustment)|};")]
    [InlineData("weights += Matrix.Clip(adjustment);")]
    [InlineData("total += adjustment;")]
    public Task Adjustment_is_added_to_a_matrix_of_weights(string update) => LoopTest.FileAsync($$"""
        sealed class Matrix
        {
            public static Matrix operator +(Matrix a, Matrix b) => a;
            public static Matrix operator -(Matrix a, Matrix b) => a;
            public static Matrix MatrixSum(Matrix a, Matrix b) => a;
            public static Matrix Dot(Matrix a, Matrix b) => a;
            public static Matrix Clip(Matrix a) => a;
        }

        sealed class NeuralNetwork
        {
            private Matrix weights = new(), total = new();

            public void Train(Matrix inputs, Matrix outputs, Matrix target)
            {
                for (int i = 0; i < 100; i++)
                {
                    Matrix error = target - outputs;
                    Matrix adjustment = Matrix.Dot(inputs, error);
                    {{update}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("learningCoefficient", true)]
    [InlineData("learningRateScale", true)]
    [InlineData("scaleCoefficient", false)]
    [InlineData("clipCoefficient", false)]
    public Task A_coefficient_is_a_rate_if_it_is_one_of_learning(string rate, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[4], gradients = new double[4];

            private void Backward(double[] errors) { for (int i = 0; i < 4; i++) gradients[i] += errors[i]; }

            public void Train(double[] errors, double {{rate}})
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Backward(errors);
                    for (int i = 0; i < 4; i++)
                    {
                        {{(isReported ? $"{{|CLIP101:weights[i] -= {rate} * gradients[i]|}};" : $"weights[i] -= {rate} * gradients[i];")}}
                    }
                }
            }
        }

        """);
}
