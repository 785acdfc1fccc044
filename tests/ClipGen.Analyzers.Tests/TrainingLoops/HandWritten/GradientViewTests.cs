namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>A backward pass that adds to gradients through other variables is not a step.</summary>
public sealed class GradientViewTests
{
    [Theory]
    [InlineData("Span<float> wqg = Flat(_wqGrad);", "wqg[i] += dq[i] * x[i];")]
    [InlineData("var w = _wqGrad.AsSpan();", "w[i] += dq[i] * x[i];")]
    [InlineData("var w = _wqGrad;", "w[i] += dq[i] * x[i];")]
    [InlineData("var weights = _weightsDelta;", "weights[i] += dq[i] * x[i];")]
    [InlineData("var w = new float[4];", "_contextTypeEmbeddingGrad[i] += dq[i];")]
    [InlineData("var w = new float[4];", "dWeight_dOutputAngle[i] += dq[i] * x[i];")]
    [InlineData("float weightSize = dq[0];", "weightSize = weightSize == 0 ? dq[i] : weightSize;")]
    public Task Sums_of_a_backward_pass(string declaration, string statement) => LoopTest.FileAsync($$"""
        class Attention
        {
            private readonly float[] _wqGrad = new float[4], _weightsDelta = new float[4], _contextTypeEmbeddingGrad = new float[4];
            private readonly float[] dWeight_dOutputAngle = new float[4];
            private static Span<float> Flat(float[] values) => values;

            public void Backward(float[] dq, float[] x)
            {
                for (int i = 0; i < 4; i++) dq[i] *= 2;
                float[] dx = new float[4];
                {{declaration}}
                for (int i = 0; i < 4; i++) dx[i] += dq[i] * x[i];
                for (int i = 0; i < 4; i++) { {{statement}} }
            }
        }
        """);

    [Fact]
    public Task Steps_under_another_name() => LoopTest.FileAsync("""
        class Attention
        {
            private readonly float[] _wqGrad = new float[4], _wq = new float[4];
            private static Span<float> Flat(float[] values) => values;

            public void Train(float[] dq, float[] x, float learningRate)
            {
                Span<float> wqg = Flat(_wqGrad);
                Span<float> wq = Flat(_wq);
                for (int i = 0; i < 4; i++) wqg[i] += dq[i] * x[i];
                for (int i = 0; i < 4; i++) {|CLIP101:wq[i] -= learningRate * wqg[i]|};
            }
        }
        """);

    [Fact]
    public Task The_error_of_the_layer_before_beside_an_update_at_once() => LoopTest.FileAsync("""
        class Layer
        {
            public double[] LocalGrad = new double[4], Bias = new double[4], Output = new double[4];
            public double[,] W = new double[4, 4];

            public void Learn(double learningRate, double[] localGrad, double[] x)
            {
                LocalGrad = new double[4];
                double[] error = new double[4];
                for (int i = 0; i < 4; i++)
                {
                    error[i] = Output[i] * (1 - Output[i]) * localGrad[i];
                    Bias[i] = Bias[i] + learningRate * error[i];
                    for (int j = 0; j < 4; j++)
                    {
                        LocalGrad[j] += error[i] * W[i, j];
                        W[i, j] = W[i, j] + learningRate * error[i] * x[j];
                    }
                }
            }
        }
        """);

    [Theory]
    [InlineData("Matrix dB = (y - x) * x; B = B + dB;")]
    [InlineData("Matrix dB = (y - x) * x; B += dB;")]
    [InlineData("Matrix dB = (y - x) * x; {|CLIP101:B = B - dB|};")]
    [InlineData("Matrix dB = (y - x) * x; {|CLIP101:B += learningRate * dB|};")]
    [InlineData("Matrix gradB = (y - x) * x; {|CLIP101:B += gradB|};")]
    public Task Differences_that_an_iteration_adds(string statements) => LoopTest.FileAsync($$"""
        class Matrix
        {
            public static Matrix operator *(double a, Matrix b) => b;
            public static Matrix operator *(Matrix a, Matrix b) => a;
            public static Matrix operator +(Matrix a, Matrix b) => a;
            public static Matrix operator -(Matrix a, Matrix b) => a;
        }

        class Solver
        {
            public static Matrix Solve(Matrix x, Matrix y, Matrix B, double learningRate)
            {
                for (int i = 0; i < 10; i++) { {{statements}} }
                return B;
            }
        }
        """);

    [Theory]
    [InlineData("Weights = Deserialize<double[]>(path); WeightsDelta = Deserialize<double[]>(path);")]
    [InlineData("WeightsDelta = path switch { \"a\" => Weights.AsSpan().ToArray(), _ => Get(path) };")]
    public Task What_is_loaded_is_not_computed(string statements) => LoopTest.FileAsync($$"""
        class Network
        {
            public double[] Weights = new double[4], WeightsDelta = new double[4];
            private static T Deserialize<T>(string path) => throw new Exception(path);
            private static double[] Get(string path) => new double[path.Length];
            public void Load(string path) { {{statements}} }
            public void Apply(double learningRate) { for (int i = 0; i < 4; i++) Weights[i] -= learningRate * WeightsDelta[i]; }
        }

        class Program
        {
            static void Train(Network network)
            {
                for (int i = 0; i < 10; i++)
                {
                    network.Load("a");
                    network.Apply(0.1);
                }
            }
        }
        """);

    [Theory]
    [InlineData("bool isLast", "isLast ? outputDeltas : hiddenDeltas")]
    [InlineData("bool isLast", "isLast ? outputDeltas : new double[4]")]
    public Task Errors_of_one_layer_or_another(string parameter, string chosen) => LoopTest.FileAsync($$"""
        sealed class NeuralNetwork
        {
            private readonly double[] weights = new double[4], outputDeltas = new double[4], hiddenDeltas = new double[4];

            private void Backpropagate(double[] target)
            {
                for (int i = 0; i < 4; i++)
                    outputDeltas[i] = target[i] * (1 - target[i]);
                for (int i = 0; i < 4; i++)
                    hiddenDeltas[i] = outputDeltas[i] * weights[i];
            }

            private void Apply({{parameter}}, double learningRate)
            {
                double[] current = {{chosen}};
                for (int i = 0; i < 4; i++)
                    weights[i] -= learningRate * current[i];
            }

            public void Train(double[] target)
            {
                Backpropagate(target);
                {|CLIP101:Apply(true, 0.1)|};
            }
        }

        """);
}
