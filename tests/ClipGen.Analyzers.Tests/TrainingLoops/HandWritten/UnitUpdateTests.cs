namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>
/// Networks that update one neuron or one layer at a time: nothing can clip the gradients of the network between its backward pass and its
/// steps.
/// </summary>
public sealed class UnitUpdateTests
{
    private const string Neuron = """
        sealed class Neuron
        {
            public double[] Weights = new double[4], Inputs = new double[4];
            public double Error, Output;

            public void CalculateDelta(double target) => Error = (target - Output) * Output;

            public void UpdateWeights(double learningRate)
            {
                for (int i = 0; i < Weights.Length; i++)
                    Weights[i] += learningRate * Error * Inputs[i];
            }
        }

        """;

    [Theory]
    [InlineData("neurons[i].Error = (target[i] - neurons[i].Output) * neurons[i].Output; neurons[i].UpdateWeights(learningRate);")]
    [InlineData("neurons[i].CalculateDelta(i > 0 ? target[i] : 0); neurons[i].UpdateWeights(learningRate);")]
    public Task One_neuron_at_a_time(string iteration) => LoopTest.FileAsync(Neuron + $$"""
        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];

            public void BackPropagate(double[] target, double learningRate)
            {
                for (int i = neurons.Length - 1; i >= 0; i--)
                {
                    {{iteration}}
                }
            }
        }

        """);

    [Fact]
    public Task All_neurons_before_the_first_is_updated() => LoopTest.FileAsync(Neuron + """
        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];

            public void BackPropagate(double[] target, double learningRate)
            {
                for (int i = neurons.Length - 1; i >= 0; i--)
                    neurons[i].Error = (target[i] - neurons[i].Output) * neurons[i].Output;
                foreach (Neuron neuron in neurons)
                    {|CLIP101:neuron.UpdateWeights(learningRate)|};
            }
        }

        """);

    [Fact]
    public Task One_neuron_at_once_and_the_others_later() => LoopTest.FileAsync(Neuron + """
        sealed class Network
        {
            private readonly Neuron[] neurons = new Neuron[4];
            private readonly Neuron last = new Neuron();

            public void BackPropagate(double[] target, double learningRate)
            {
                foreach (Neuron neuron in neurons)
                    neuron.CalculateDelta(target[0]);
                last.Error = target[0] - last.Output;
                {|CLIP101:last.UpdateWeights(learningRate)|};
                foreach (Neuron neuron in neurons)
                    {|CLIP101:neuron.UpdateWeights(learningRate)|};
            }
        }

        """);

    [Theory]
    [InlineData("double[] deltas = layers[1].Propagate(outDeltas);")]
    [InlineData("double[] deltas = outDeltas;")]
    public Task A_layer_takes_the_errors_and_returns_those_before_it(string last) => LoopTest.FileAsync($$"""
        sealed class Layer
        {
            private readonly double[] weights = new double[4];

            public double[] Propagate(double[] deltas)
            {
                var previous = new double[4];
                for (int i = 0; i < weights.Length; i++)
                {
                    previous[i] = deltas[i] * weights[i];
                    weights[i] -= 0.1 * deltas[i];
                }

                return previous;
            }
        }

        sealed class Network
        {
            private readonly Layer[] layers = [new(), new()];

            public void BackPropagate(double[] target, double[] output)
            {
                var outDeltas = new double[4];
                for (int i = 0; i < 4; i++)
                    outDeltas[i] = (target[i] - output[i]) * output[i];
                {{last}}
                for (int l = 1; l >= 0; l--)
                    deltas = layers[l].Propagate(deltas);
            }
        }

        """);

    [Fact]
    public Task Parts_of_a_batch_are_added_up() => LoopTest.FileAsync("""
        sealed class Layer
        {
            private readonly double[] weights = new double[4];

            public void Update(double[][] gradients, double learningRate)
            {
                for (int i = 1; i < gradients.Length; i++)
                {
                    for (int k = 0; k < 4; k++)
                        gradients[0][k] += gradients[i][k];
                }

                for (int k = 0; k < 4; k++)
                    weights[k] -= learningRate * gradients[0][k];
            }
        }

        """);

    [Theory]
    [InlineData("", "neuron.Bias += learningRate * neuron.Error;")]
    [InlineData("} foreach (Neuron neuron in neurons) {", "{|CLIP101:neuron.Bias += learningRate * neuron.Error|};")]
    public Task Error_is_added_up_for_one_neuron(string between, string update) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            public double Bias, Error;
        }

        sealed class NeuralNetwork
        {
            private readonly Neuron[] neurons = new Neuron[4];

            public void BackPropagate(double[] next, double learningRate)
            {
                foreach (Neuron neuron in neurons)
                {
                    for (int k = 0; k < next.Length; k++)
                        neuron.Error += next[k] * (1 - next[k]);
                {{between}}
                    {{update}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("ComputeDerivative(bool isHidden, double x)", "ComputeDerivative(false, target[i])")]
    [InlineData("ComputeDerivative(Kind kind, double x)", "ComputeDerivative(Kind.Tanh, target[i])")]
    public Task Derivative_of_a_chosen_function_is_no_backward_pass(string declared, string called) => LoopTest.FileAsync($$"""
        enum Kind { Tanh, Sigmoid }

        sealed class NeuralNetwork
        {
            private readonly double[] weights = new double[4];

            private double {{declared}} => x * (1 - x);

            private void AdjustWeights(int i, double learningRate, double error) => weights[i] += learningRate * error;

            public void Train(double[] target, double learningRate)
            {
                for (int i = 0; i < 4; i++)
                {
                    double error = {{called}} * target[i];
                    AdjustWeights(i, learningRate, error);
                }
            }
        }

        """);

    // One number of the neuron itself, whether it is assigned or added up, is applied before the next neuron computes its own.
    [Theory]
    [InlineData("error = output * (1 - output) * sum;")]
    [InlineData("error = 0; for (int k = 0; k < 4; k++) error += next[k] * sum; error *= output * (1 - output);")]
    [InlineData("lastError = 0; for (int k = 0; k < 4; k++) lastError += next[k] * sum; error = lastError;")]
    public Task A_neuron_that_computes_and_applies_its_own_error(string compute) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private readonly double[] weights = new double[4], inputs = new double[4];
            private double error, lastError, output, learningRate = 0.1;

            public void RefactorWeights(double[] next, double sum)
            {
                {{compute}}
                for (int i = 0; i < weights.Length; i++)
                    weights[i] -= learningRate * error * inputs[i];
                lastError = error;
            }
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = [new(), new()];

            public void Backpropagate(double[] next)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    foreach (Neuron neuron in neurons)
                        neuron.RefactorWeights(next, 1);
                }
            }
        }

        """);

    [Theory]
    [InlineData("foreach (var n in neurons) { n.last_error = Slope(n) * next[0]; n.AdjustWeights(); }")]
    [InlineData("foreach (var n in neurons) n.last_error = Slope(n) * next[0]; foreach (var n in neurons) {|CLIP101:n.AdjustWeights()|};")]
    public Task The_error_of_the_last_sample_is_applied_at_once_or_later(string train) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private readonly double[] weights = new double[4], inputs = new double[4];
            public double last_error, output, learningRate = 0.1;

            public void AdjustWeights()
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += learningRate * last_error * inputs[i];
            }
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = [new(), new()];

            private static double Slope(Neuron n) => 1;

            public void Train(double[] next)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    {{train.Replace("Slope(n)", "n.output * (1 - n.output)")}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("for (int j = 0; j < 4; j++) { neuron = last[j]; neuron.Setdelta((targets[j] - neuron.Output) * 0.5); }", true)]
    // Nothing stores an error.
    [InlineData("neuron = last[0];", false)]
    public Task A_variable_holds_one_neuron_after_the_other(string errors, bool isReported)
    {
        string update = "weights[i, j] = weights[i, j] + alpha * neuron.Output * next.Getdelta()";
        return LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private double delta;
            public double Output;
            public void Setdelta(double d) { delta = d; }
            public double Getdelta() { return delta; }
        }

        sealed class NeuralNetwork
        {
            private readonly Neuron[] first = new Neuron[4], last = new Neuron[4];
            private readonly double[,] weights = new double[4, 4];

            public void Learn(double[] targets, double alpha)
            {
                Neuron neuron, next;
                {{errors}}
                for (int i = 0; i < 4; i++)
                {
                    neuron = first[i];
                    for (int j = 0; j < 4; j++)
                    {
                        next = last[j];
                        {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
                    }
                }
            }
        }

        """);
    }
}
