namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>
/// Gradients that one method fills and another applies, both through parameters, views or interfaces, and whose names alone decide nothing.
/// </summary>
public sealed class PassedGradientTests
{
    private const string Methods = """
        sealed partial class Network
        {
            private void SumErrors(double[] x, double[] errors)
            {
                for (int i = 0; i < x.Length; i++)
                    errors[i] += x[i] * (1 - x[i]);
            }

            private void Update(double[] changeErrors, double learningRate)
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += learningRate * changeErrors[i];
            }

            private void UpdateWeights(double[] changeErrors, double learningRate)
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += learningRate * changeErrors[i];
            }
        }

        """;

    [Theory]
    [InlineData("Update(weightErrors, learningRate)")]
    [InlineData("UpdateWeights(weightErrors, learningRate)")]
    public Task Array_is_passed_to_both_methods(string call) => LoopTest.FileAsync($$"""
        sealed partial class Network
        {
            private readonly double[] weights = new double[4];

            public void Train(List<double[]> examples, double learningRate)
            {
                double[] weightErrors = new double[4];
                foreach (double[] x in examples)
                {
                    SumErrors(x, weightErrors);
                    {|CLIP101:{{call}}|};
                }
            }
        }

        """ + Methods);

    [Fact]
    public Task Array_is_passed_on_by_a_method_between() => LoopTest.FileAsync("""
        sealed class Network
        {
            private readonly double[] weights = new double[4], neuronErrors = new double[4];

            public void Train(List<double[]> examples)
            {
                foreach (double[] x in examples)
                {
                    Compute(x, neuronErrors);
                    {|CLIP101:Learn(neuronErrors)|};
                }
            }

            private static void Compute(double[] x, double[] target) => Fill(x, target);

            private static void Fill(double[] x, double[] layerErrors)
            {
                for (int i = 0; i < x.Length; i++)
                    layerErrors[i] = x[i] * (1 - x[i]);
            }

            private void Learn(double[] all) => Apply(all, 0.1);

            private void Apply(double[] layerErrors, double learningRate)
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += learningRate * layerErrors[i];
            }
        }

        """);

    [Fact]
    public Task Errors_of_a_layer_are_written_through_a_local_variable() => LoopTest.FileAsync("""
        sealed class Network
        {
            private readonly double[][] weights = new double[2][], neuronErrors = new double[2][];

            public void Run(double[] x, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    ComputeErrors(x);
                    {|CLIP101:Learn(learningRate)|};
                }
            }

            private void ComputeErrors(double[] x)
            {
                double[] errors = neuronErrors[1];
                for (int i = 0; i < x.Length; i++)
                {
                    double sum = 0;
                    for (int j = 0; j < x.Length; j++)
                        sum += x[j] * weights[1][i];
                    errors[i] = sum;
                }
            }

            private void Learn(double learningRate)
            {
                for (int i = 0; i < weights[1].Length; i++)
                    weights[1][i] += learningRate * neuronErrors[1][i];
            }
        }

        """);

    [Fact]
    public Task Errors_of_a_layer_are_written_through_its_interface() => LoopTest.FileAsync("""
        interface ILayer
        {
            double[] Errors { get; }
            void Train(double learningRate);
        }

        sealed class Layer : ILayer
        {
            private readonly double[] weights = new double[4];
            public double[] Errors { get; } = new double[4];

            public void Train(double learningRate)
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += learningRate * Errors[i];
            }
        }

        sealed class Network
        {
            private readonly ILayer[] layers = [new Layer(), new Layer()];

            public void Fit(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < target.Length; i++)
                        layers[1].Errors[i] = target[i] - output[i];
                    foreach (ILayer layer in layers)
                        {|CLIP101:layer.Train(learningRate)|};
                }
            }
        }

        """);

    [Fact]
    public Task Other_array_is_passed_to_the_update() => LoopTest.FileAsync("""
        sealed partial class Network
        {
            private readonly double[] weights = new double[4];

            public void Train(List<double[]> examples, double learningRate)
            {
                double[] plotErrors = new double[4], noise = new double[4];
                foreach (double[] x in examples)
                {
                    SumErrors(x, plotErrors);
                    Update(noise, learningRate);
                }
            }
        }

        """ + Methods);

    [Fact]
    public Task Passed_array_is_clamped_in_between() => LoopTest.FileAsync("""
        sealed partial class Network
        {
            private readonly double[] weights = new double[4];

            public void Train(List<double[]> examples, double learningRate)
            {
                double[] weightErrors = new double[4];
                foreach (double[] x in examples)
                {
                    SumErrors(x, weightErrors);
                    for (int i = 0; i < 4; i++)
                        weightErrors[i] = Math.Clamp(weightErrors[i], -1, 1);
                    UpdateWeights(weightErrors, learningRate);
                }
            }
        }

        """ + Methods);

    [Fact]
    public Task Step_by_name_applies_a_member_that_is_written_through_an_interface() => LoopTest.FileAsync("""
        interface INeuron
        {
            double Delta { get; set; }
            void CorrectWeights(double learningRate);
        }

        sealed class Neuron : INeuron
        {
            private readonly double[] weights = new double[4];
            public double Delta { get; set; }

            public void CorrectWeights(double learningRate)
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += learningRate * Delta;
            }
        }

        sealed class Network
        {
            private readonly INeuron[] neurons = [new Neuron(), new Neuron()];

            public void Fit(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    ComputeDelta(target, output);
                    {|CLIP101:CorrectWeights(learningRate)|};
                }
            }

            private void ComputeDelta(double[] target, double[] output)
            {
                for (int i = 0; i < neurons.Length; i++)
                    neurons[i].Delta = target[i] - output[i];
            }

            private void CorrectWeights(double learningRate)
            {
                foreach (INeuron neuron in neurons)
                    neuron.CorrectWeights(learningRate);
            }
        }

        """);

    [Theory]
    [InlineData("double[] errors = Difference(target, output);", "errors")]
    [InlineData("double[] outputErrors = Difference(target, output); double[] errors = outputErrors;", "errors")]
    public Task Layer_takes_errors_and_returns_those_of_the_previous_layer(string first, string errors) => LoopTest.FileAsync($$"""
        sealed class Layer
        {
            private readonly double[] weights = new double[4];

            public double[] Train(double[] errors, double learningRate)
            {
                double[] previousErrors = new double[4];
                for (int i = 0; i < weights.Length; i++)
                {
                    previousErrors[i] = errors[i] * weights[i];
                    weights[i] += learningRate * errors[i];
                }

                return previousErrors;
            }
        }

        sealed class Network
        {
            private readonly Layer[] layers = [new Layer(), new Layer()];

            public void Fit(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    {{first}}
                    for (int i = 0; i < errors.Length; i++)
                        {{errors}}[i] = target[i] - output[i];
                    for (int i = layers.Length - 1; i >= 0; i--)
                        {{errors}} = {|CLIP101:layers[i].Train({{errors}}, learningRate)|};
                }
            }

            private static double[] Difference(double[] target, double[] output) => new double[target.Length];
        }

        """);

    [Theory]
    [InlineData("abstract class Layer : ILayer", "Layer")]
    [InlineData("abstract class Layer<T> : ILayer", "Layer<int>")]
    public Task Override_of_an_abstract_implementation(string layer, string baseClass) => LoopTest.FileAsync($$"""
        interface ILayer
        {
            double[] Backward(double[] doutput, double learningRate);
        }

        {{layer}}
        {
            public abstract double[] Backward(double[] doutput, double learningRate);
        }

        sealed class Dense : {{baseClass}}
        {
            private readonly double[] weights = new double[4];

            public override double[] Backward(double[] doutput, double learningRate)
            {
                double[] dinputs = new double[4];
                for (int i = 0; i < 4; i++)
                {
                    dinputs[i] = doutput[i] * weights[i];
                    weights[i] -= learningRate * doutput[i];
                }

                return dinputs;
            }
        }

        sealed class Network(ILayer[] layers)
        {
            public void Train(double[] target, double[] output, double learningRate)
            {
                double[] doutput = new double[4];
                for (int i = 0; i < 4; i++)
                    doutput[i] = output[i] - target[i];
                for (int i = layers.Length - 1; i >= 0; i--)
                    doutput = {|CLIP101:layers[i].Backward(doutput, learningRate)|};
            }
        }

        """);

    [Theory]
    [InlineData("dOutput", true)]
    [InlineData("dvalues", true)]
    [InlineData("dZ", true)]
    [InlineData("direction", false)]
    [InlineData("din", false)]
    public Task Derivatives_by_the_values_of_a_layer(string name, bool isReported)
    {
        string update = $"weights[i] -= epsilon * {name}[i] * inputs[i]";
        return LoopTest.FileAsync($$"""
        sealed class NeuralNetwork
        {
            private readonly double[] weights = new double[4], inputs = new double[4];
            private double epsilon = 0.1;

            public void Backpropagate(double[] target, double[] output)
            {
                double[] {{name}} = new double[4];
                for (int i = 0; i < 4; i++)
                    {{name}}[i] = output[i] - target[i];
                for (int i = 0; i < 4; i++)
                    {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
            }
        }

        """);
    }

    [Theory]
    [InlineData("rate * neuronResults[i] * inputs[i]", true)]
    [InlineData("rate * inputs[i]", false)]
    [InlineData("rate * error * inputs[i]", false)]
    public Task The_caller_multiplies_what_the_update_adds(string change, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Link
        {
            private double weight;
            public void UpdateWeight(double change) { weight += change; }
        }

        sealed class NeuralNetwork
        {
            private readonly Link[] links = [new(), new()];
            private readonly double[] neuronResults = new double[2], inputs = new double[2];
            private double error;

            private void CalculateResults(double[] outputs, double[] expected)
            {
                for (int i = 0; i < 2; i++)
                    neuronResults[i] = (expected[i] - outputs[i]) * outputs[i];
                error = neuronResults[0];
            }

            public void Train(double[] outputs, double[] expected, double rate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    CalculateResults(outputs, expected);
                    for (int i = 0; i < 2; i++)
                        {{(isReported ? $"{{|CLIP101:links[i].UpdateWeight({change})|}}" : $"links[i].UpdateWeight({change})")}};
                }
            }
        }

        """);
}
