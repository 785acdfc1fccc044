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
}
