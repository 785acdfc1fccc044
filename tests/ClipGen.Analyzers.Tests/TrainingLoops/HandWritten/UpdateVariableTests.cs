namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Methods that update parameters, recognized by the names of their variables and not by their own name.</summary>
public sealed class UpdateVariableTests
{
    [Theory]
    [InlineData("Update", "w[i] -= rate * gw[i]", "gw")]
    [InlineData("Learn", "w[i] -= lr * dW[i]", "dW")]
    [InlineData("Finish", "w[i] -= eta / 8 * nabla[i]", "nabla")]
    [InlineData("UpdateMiniBatch", "w[i] -= eta * nabla[i]", "nabla")]
    [InlineData("Move", "w[i] += -0.1 * gradW[i]", "gradW")]
    [InlineData("Change", "w[i] -= lr * weightAndBiasGradients[i]", "weightAndBiasGradients")]
    public Task Update_in_a_method_of_any_name(string method, string update, string gradient) => LoopTest.FileAsync(
        Program("w", gradient, $"{gradient}[i] += x[i]", $"{method}(double rate, double lr, double eta)", update,
            $"{{|CLIP101:layer.{method}(0.1, 0.1, 0.1)|}}"));

    [Fact]
    public Task Variables_of_a_program_around_local_functions() => LoopTest.FileAsync("""
        double[] w1 = new double[6], g1 = new double[6];
        for (int epoch = 0; epoch < 100; epoch++)
        {
            Backprop(new double[6], 1);
            {|CLIP101:UpdateWeights(0.1)|};
        }

        void Backprop(double[] x, double error)
        {
            for (int i = 0; i < 6; i++)
                g1[i] += error * x[i];
        }

        void UpdateWeights(double lr)
        {
            for (int i = 0; i < 6; i++)
            {
                w1[i] -= lr * g1[i];
                g1[i] = 0;
            }
        }

        """);

    [Fact]
    public Task Functions_over_tensors() => LoopTest.FileAsync("""
        static class TensorPrimitives
        {
            public static void Add(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination) { }
            public static void Multiply(ReadOnlySpan<float> x, float y, Span<float> destination) { }
            public static void Subtract(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination) { }
            public static void Tanh(ReadOnlySpan<float> x, Span<float> destination) { }
        }

        sealed class Network
        {
            private readonly float[] weights = new float[4], gradient = new float[4], scratch = new float[4];

            private void Backward(ReadOnlySpan<float> x) => TensorPrimitives.Add(gradient, x, gradient);

            private void Apply(float lr)
            {
                TensorPrimitives.Multiply(gradient, lr, scratch);
                TensorPrimitives.Subtract(weights, scratch, weights);
                Array.Clear(gradient);
            }

            private void Bound() => TensorPrimitives.Tanh(gradient, gradient);

            public void Fit(List<float[]> examples)
            {
                foreach (float[] x in examples)
                {
                    Backward(x);
                    {|CLIP101:Apply(0.1f)|};
                }
            }

            public void FitBounded(List<float[]> examples)
            {
                foreach (float[] x in examples)
                {
                    Backward(x);
                    Bound();
                    Apply(0.1f);
                }
            }
        }

        """);

    [Fact]
    public Task Names_without_a_letter() => LoopTest.FileAsync("""
        sealed class Network
        {
            private readonly float[] _ = new float[4], __ = new float[4];
            private void Backward(float[] ___) { for (int i = 0; i < 4; i++) __[i] += ___[i]; }
            private void _1(float lr) { for (int i = 0; i < 4; i++) _[i] -= lr * __[i]; }
            public void Fit(float[] x) { for (;;) { Backward(x); _1(0.1f); } }
        }

        """);

    [Theory]
    [InlineData("delty", "eta")]
    [InlineData("gizliHatalari", "ogrenmeKatsayisi")]
    [InlineData("dEdS", "trainingSpeed")]
    [InlineData("dLoss_dOut", "tasaAprendizaje")]
    [InlineData("deltas", "wspolczynnikUczenia")]
    [InlineData("deltas", "Lernrate")]
    // No rate.
    [InlineData("deltas", "uczenia")]
    [InlineData("deltas", "coefficient")]
    public Task Errors_and_rates_in_other_words(string error, string rate)
    {
        bool isReported = rate is not ("uczenia" or "coefficient");
        return LoopTest.FileAsync(
            Program("synapses", error, $"{error}[i] = x[i] * (1 - x[i])", $"Finish(double {rate})", $"synapses[i] += {rate} * {error}[i]",
                isReported ? "{|CLIP101:layer.Finish(0.1)|}" : "layer.Finish(0.1)"));
    }

    /// <summary>A layer whose backward pass fills an array that another method applies, and a loop that calls both.</summary>
    private static string Program(string weights, string gradient, string fill, string method, string update, string call) => $$"""
        sealed class Layer
        {
            private readonly double[] {{weights}} = new double[4];
            private readonly double[] {{gradient}} = new double[4];

            public double[] Backprop(double[] x)
            {
                for (int i = 0; i < 4; i++)
                    {{fill}};
                return x;
            }

            public void {{method}}
            {
                for (int i = 0; i < 4; i++)
                    {{update}};
            }
        }

        static class Trainer
        {
            public static void Run(Layer layer, List<double[]> examples)
            {
                foreach (double[] x in examples)
                {
                    layer.Backprop(x);
                    {{call}};
                }
            }
        }

        """;
}
