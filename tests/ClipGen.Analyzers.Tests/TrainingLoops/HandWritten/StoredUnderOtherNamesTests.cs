namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Gradients that one method writes under one name, and another reads under another.</summary>
public sealed class StoredUnderOtherNamesTests
{
    [Theory]
    [InlineData("{ get { return _q; } set { _q = value; } }", true)]
    [InlineData("{ get => _q; set => _q = value; }", true)]
    [InlineData("{ get { return this._q; } set { this._q = value; } }", true)]
    // What is stored there is not what is applied.
    [InlineData("{ get { return _last; } set { _last = value; } }", false)]
    [InlineData("{ get { return _q * _last; } set { _last = value; } }", false)]
    public Task A_property_is_the_field_that_it_returns(string property, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Connection
        {
            private double _weight, _q, _last;

            public double Slope {{property}}

            public void ApplyWeightChange(double learningRate) => _weight += _q * learningRate;
        }

        sealed class Neuron
        {
            public readonly List<Connection> Inputs = new();
            public double Error, Output;
        }

        sealed class Network
        {
            private readonly List<Neuron> outputs = new(), hidden = new();

            private void BackPropagate(double[] target)
            {
                for (int i = 0; i < outputs.Count; i++)
                {
                    outputs[i].Error = target[i] - outputs[i].Output;
                    for (int j = 0; j < hidden.Count; j++)
                        outputs[i].Inputs[j].Slope += outputs[i].Error * hidden[j].Output;
                }
            }

            private void Learn()
            {
                foreach (Neuron neuron in outputs)
                {
                    foreach (Connection input in neuron.Inputs)
                        input.ApplyWeightChange(0.1);
                }
            }

            public void Train(double[][] targets)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    foreach (double[] target in targets)
                        BackPropagate(target);
                    {{(isReported ? "{|CLIP101:Learn()|};" : "Learn();")}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("GetGradients", "learningRate / xs.Length", true)]
    [InlineData("FindCostGradient", "learningRate / xs.Length", true)]
    // What is multiplied by a learning rate alone, whatever its name.
    [InlineData("GetSlopes", "learningRate / xs.Length", true)]
    // Divided by what may be a norm.
    [InlineData("GetSlopes", "learningRate / Total(direction)", false)]
    public Task Gradients_that_a_call_computes_from_inputs_and_targets(string method, string factor, bool isReported)
    {
        string update = $"weights[i] -= ({factor}) * direction[i]";
        return LoopTest.FileAsync($$"""
        sealed class Matrix
        {
            public static Matrix operator +(Matrix left, Matrix right) => left;
            public static Matrix operator -(Matrix left, Matrix right) => left;
            public static Matrix operator *(double factor, Matrix matrix) => matrix;
        }

        sealed class Network
        {
            private readonly Matrix[] weights = new Matrix[4];

            private static double Total(Matrix[] matrices) => 1;

            private Matrix[] {{method}}(Matrix x, Matrix y)
            {
                var q = new Matrix[4];
                for (int i = 0; i < 4; i++)
                    q[i] = weights[i] - y;
                return q;
            }

            public void Train(Matrix[] xs, Matrix[] ys, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    var direction = new Matrix[4];
                    for (int n = 0; n < xs.Length; n++)
                    {
                        Matrix[] one = {{method}}(xs[n], ys[n]);
                        for (int i = 0; i < weights.Length; i++)
                            direction[i] += one[i];
                    }

                    for (int i = 0; i < weights.Length; i++)
                        {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
                }
            }
        }

        """);
    }

    [Theory]
    [InlineData("Matrix moved = layer.W - rate * changes;", "{|CLIP101:layer.W = moved|};")]
    [InlineData("Matrix moved = layer.W - rate * Clip(changes);", "layer.W = moved;")]
    [InlineData("Matrix moved = layer.B - rate * changes;", "layer.W = moved;")]
    public Task New_matrix_is_held_in_a_variable_first(string moved, string update)
    {
        moved = moved.Replace("rate", "learningRate", StringComparison.Ordinal);
        return LoopTest.FileAsync($$"""
        sealed class Matrix
        {
            public static Matrix operator -(Matrix a, Matrix b) => a;
            public static Matrix operator +(Matrix a, Matrix b) => a;
            public static Matrix operator *(double a, Matrix b) => b;
        }

        sealed class Layer
        {
            public Matrix W = new(), B = new();
        }

        sealed class Network
        {
            private readonly Layer layer = new();

            private Matrix Backpropagate(double[] x) => new();

            private static Matrix Clip(Matrix x) => x;

            private void Update(List<double[]> batch, double learningRate)
            {
                Matrix weightChanges = new();
                foreach (double[] x in batch)
                    weightChanges += Backpropagate(x);
                {{moved.Replace("changes", "weightChanges", StringComparison.Ordinal)}}
                {{update}}
            }
        }

        """);
    }

    [Theory]
    [InlineData("weightChanges", "{|CLIP101:this[i] += weightChanges[i]|};")]
    [InlineData("weightChanges", "{|CLIP101:neurons[0][i] += weightChanges[i]|};")]
    [InlineData("weightChanges", "this[i] += Math.Clamp(weightChanges[i], -1, 1);")]
    [InlineData("changes", "neurons[0][i] += changes[i];")]
    public Task Indexer_stands_for_the_weights(string changes, string update) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private readonly double[] _values = new double[4];

            public double this[int i] { get => _values[i]; set => _values[i] = value; }
        }

        sealed class NeuralNetwork
        {
            private readonly Neuron[] neurons = [new()];
            private readonly double[] {{changes}} = new double[4];

            public double this[int i] { get => neurons[0][i]; set => neurons[0][i] = value; }

            private void Backpropagate(double[] x, double learningRate)
            {
                for (int i = 0; i < 4; i++)
                    {{changes}}[i] += learningRate * x[i];
            }

            public void Train(double[][] examples)
            {
                foreach (double[] x in examples)
                    Backpropagate(x, 0.1);
                for (int i = 0; i < 4; i++)
                {
                    {{update}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("this.weightCorrections = weightCorrections;", true)]
    [InlineData("other = weightCorrections;", false)]
    public Task A_list_that_is_filled_first_and_stored_afterwards(string store, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private readonly double[] weights = new double[4];
            private IList<double> weightCorrections = new List<double>(), other = new List<double>();

            public void SetCorrections(double error, double[] inputs)
            {
                var weightCorrections = new List<double>();
                for (int i = 0; i < inputs.Length; i++)
                    weightCorrections.Add(error * inputs[i]);
                {{store}}
            }

            public void Apply()
            {
                for (int i = 0; i < weights.Length; i++)
                    weights[i] += weightCorrections[i];
            }
        }

        static class Trainer
        {
            public static void Train(Neuron neuron, double[] inputs, double target, double output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    double error = learningRate * (target - output);
                    neuron.SetCorrections(error, inputs);
                    {{(isReported ? "{|CLIP101:neuron.Apply()|};" : "neuron.Apply();")}}
                }
            }
        }

        """);

    [Theory]
    [InlineData("gradient += 4;", false)]
    [InlineData("for (int i = 0; i < 4; i++) gradient[i] += error * input[i];", true)]
    public Task A_pointer_that_moves_fills_nothing(string statement, bool isReported) => LoopTest.FileAsync($$"""
        static unsafe class Optimizer
        {
            public static void Train(float* weights, float* input, float* gradient, float error, float rate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    {{statement}}
                    for (int i = 0; i < 4; i++)
                    {
                        {{(isReported ? "{|CLIP101:weights[i] -= rate * gradient[i]|};" : "weights[i] -= rate * gradient[i];")}}
                    }
                }
            }
        }

        """);
}
