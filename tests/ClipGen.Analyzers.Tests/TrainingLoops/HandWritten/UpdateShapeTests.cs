namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Updates that are written in several statements, or inside objects, and additions that are no updates.</summary>
public sealed class UpdateShapeTests
{
    [Theory]
    [InlineData("double moved = weights[i] + learningRate * deltas[i]; {|CLIP101:weights[i] = moved|};")]
    [InlineData("double moved = weights[i] - learningRate * deltas[i]; if (moved < 1) {|CLIP101:weights[i] = moved|};")]
    [InlineData("double kept = weights[i]; weights[i] = 0; weights[i] = kept;")]
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
}
