namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>What methods write and apply through their arguments, and what they return.</summary>
public sealed class ArgumentEffectTests
{
    [Theory]
    [InlineData("state.WeightSums", "state.WeightSums", "sums[i]", true)]
    // What the step applies is not what the backward pass fills.
    [InlineData("state.WeightSums", "state.Other", "sums[i]", false)]
    [InlineData("state.WeightSums", "state.WeightSums", "Math.Clamp(sums[i], -1, 1)", false)]
    public Task Helpers_fill_and_apply_what_the_layer_passes(string filled, string applied, string change, bool isReported)
    {
        string step = "layer.ApplyChanges(state, 0.1)";
        return LoopTest.FileAsync($$"""
        sealed class State
        {
            public readonly double[] WeightSums = new double[4], Other = new double[4], Signals = new double[4];
        }

        sealed class Layer
        {
            private readonly double[] weights = new double[4];

            public void BackPropagate(State state, double[] inputs)
            {
                AddProducts(inputs, state.Signals, {{filled}});
            }

            public void ApplyChanges(State state, double learningRate)
            {
                Subtract(weights, {{applied}}, learningRate);
            }

            private static void AddProducts(double[] x, double[] y, double[] sums)
            {
                for (int i = 0; i < sums.Length; i++)
                    sums[i] += x[i] * y[i];
            }

            private static void Subtract(double[] weights, double[] sums, double learningRate)
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] -= {{change}} * learningRate;
            }
        }

        static class Trainer
        {
            public static void Train(Layer layer, State state, double[][] samples)
            {
                foreach (double[] sample in samples)
                {
                    layer.BackPropagate(state, sample);
                    {{(isReported ? $"{{|CLIP101:{step}|}}" : step)}};
                }
            }
        }

        """);
    }

    [Theory]
    [InlineData("layers[i + 1].Epsilons", true)]
    [InlineData("layers[i + 1].Outputs", false)]
    public Task The_caller_passes_the_errors_of_another_layer(string passed, bool isReported)
    {
        string step = $"layers[i].UpdateWeight({passed}, eta, alpha)";
        return LoopTest.FileAsync($$"""
        sealed class Layer
        {
            public readonly double[] Epsilons = new double[4], Outputs = new double[4];
            private readonly double[,] weights = new double[4, 4], previous = new double[4, 4];

            public void UpdateEpsilon(double[] next)
            {
                for (int i = 0; i < 4; i++)
                {
                    double sum = 0;
                    for (int j = 0; j < 4; j++)
                        sum += next[j] * weights[i, j];
                    Epsilons[i] = sum * Outputs[i] * (1 - Outputs[i]);
                }
            }

            public void UpdateWeight(double[] e, double eta, double alpha)
            {
                for (int i = 0; i < 4; i++)
                {
                    for (int j = 0; j < 4; j++)
                    {
                        double change = eta * e[j] * Outputs[i] + alpha * previous[i, j];
                        previous[i, j] = change;
                        weights[i, j] += change;
                    }
                }
            }
        }

        sealed class NeuralNetwork
        {
            private readonly Layer[] layers = [new(), new(), new()];

            public void Train(int epochs, double eta, double alpha)
            {
                for (int epoch = 0; epoch < epochs; epoch++)
                {
                    for (int i = 1; i >= 0; i--)
                        layers[i].UpdateEpsilon(layers[i + 1].Epsilons);
                    for (int i = 1; i >= 0; i--)
                        {{(isReported ? $"{{|CLIP101:{step}|}}" : step)}};
                }
            }
        }

        """);
    }

    [Theory]
    [InlineData("public double Gradient() => From.Output * To.Delta;", "synapse.Gradient()", true)]
    [InlineData("public double Gradient => From.Output * To.Delta;", "synapse.Gradient", true)]
    [InlineData("public double Gradient() => From.Output * To.Output;", "synapse.Gradient()", false)]
    public Task A_gradient_is_computed_when_it_is_read(string member, string read, bool isReported)
    {
        string step = "UpdateSynapse(synapse)";
        return LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            public double Output, Delta;
        }

        sealed class Synapse
        {
            public Neuron From = new(), To = new();
            public double Weight, LastUpdate;
            {{member}}
        }

        sealed class NeuralNetwork
        {
            private readonly List<Neuron> neurons = new();
            private readonly List<Synapse> synapses = new();
            private readonly double learnRate = 0.1, momentum = 0.9;

            public void BackPropagate(double[] expected)
            {
                for (int i = 0; i < neurons.Count; i++)
                    neurons[i].Delta = (expected[i] - neurons[i].Output) * (1 - neurons[i].Output);
                foreach (Synapse synapse in synapses)
                    {{(isReported ? $"{{|CLIP101:{step}|}}" : step)}};
            }

            private void UpdateSynapse(Synapse synapse)
            {
                double increment = learnRate * {{read}} + momentum * synapse.LastUpdate;
                synapse.LastUpdate = increment;
                synapse.Weight += increment;
            }
        }

        """);
    }

    [Theory]
    [InlineData("speed / count * (link.Left.Value * link.Right.Delta)", true)]
    [InlineData("Math.Clamp(speed / count * (link.Left.Value * link.Right.Delta), -1, 1)", false)]
    public Task The_change_is_in_a_variable(string change, bool isReported)
    {
        string step = "neuron.Change(speed, samples.Length)";
        return LoopTest.FileAsync($$"""
        sealed class Weight
        {
            private double w, last;

            public void UpdateWeight(double dw)
            {
                last = dw;
                w -= last;
            }
        }

        sealed class Link
        {
            public Neuron Left = new(), Right = new();
            public readonly Weight Weight = new();
        }

        sealed class Neuron
        {
            public double Value, Delta;
            public readonly List<Link> Links = new();

            public void CalculateDelta(double target) => Delta = (Value - target) * Value * (1 - Value);

            public void Change(double speed, int count)
            {
                foreach (Link link in Links)
                {
                    double dw = {{change}};
                    link.Weight.UpdateWeight(dw);
                }
            }
        }

        static class Trainer
        {
            public static void Train(Neuron[] neurons, double[] samples, double speed)
            {
                foreach (double sample in samples)
                {
                    foreach (Neuron neuron in neurons)
                        neuron.CalculateDelta(sample);
                    foreach (Neuron neuron in neurons)
                        {{(isReported ? $"{{|CLIP101:{step}|}}" : step)}};
                }
            }
        }

        """);
    }

    [Theory]
    [InlineData("weightsUpdates.Add(errors.Multiply(0.1), weightsUpdates)", true)]
    // What is there is scaled: nothing fills it.
    [InlineData("weightsUpdates.Multiply(0.1, weightsUpdates)", false)]
    public Task A_matrix_is_added_to_itself(string write, bool isReported)
    {
        string step = "UpdateNetwork()";
        return LoopTest.FileAsync($$"""
        sealed class Matrix
        {
            public Matrix Add(Matrix other, Matrix result) => result;
            public Matrix Multiply(double factor) => this;
            public Matrix Multiply(double factor, Matrix result) => result;
        }

        sealed class NeuralNetwork
        {
            private readonly Matrix weights = new(), weightsUpdates = new(), outputs = new();

            private void Compute(Matrix errors) { {{write}}; }

            private void UpdateNetwork() { weights.Add(weightsUpdates, weights); }

            public void Train(Matrix[] samples)
            {
                foreach (Matrix sample in samples)
                {
                    Compute(sample);
                    {{(isReported ? $"{{|CLIP101:{step}|}}" : step)}};
                }
            }
        }

        """);
    }
}
