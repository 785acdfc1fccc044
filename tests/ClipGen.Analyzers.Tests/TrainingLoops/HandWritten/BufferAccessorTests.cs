namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Gradients and parameters behind pairs of methods: <c>GetError</c> and <c>SetError</c>.</summary>
public sealed class BufferAccessorTests
{
    [Theory]
    [InlineData("n.SetWeight(i, n.GetWeight(i) + n.GetLearningRate() * n.GetError(i));", true)]
    [InlineData("double moved = n.GetWeight(i) + n.GetLearningRate() * n.GetError(i); n.SetWeight(i, moved);", true)]
    [InlineData("n.SetWeight(i, n.GetWeight(i) + n.GetLearningRate() * Math.Clamp(n.GetError(i), -1, 1));", false)]
    [InlineData("n.SetWeight(i, 0.5);", false)]
    public Task Update_by_methods(string update, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private readonly double[] values = new double[4], signals = new double[4];

            public double GetWeight(int index) => values[index];
            public void SetWeight(int index, double value) => values[index] = value;
            public double GetError(int index) => signals[index];
            public void SetError(int index, double value) => signals[index] = value;
            public double GetLearningRate() => 0.1;
        }

        static class Trainer
        {
            public static void Train(Neuron n, double[] target, double[] output)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < 4; i++)
                        n.SetError(i, target[i] - output[i]);
                    for (int i = 0; i < 4; i++)
                    {
                        {{(isReported ? update.Replace("n.SetWeight(", "{|CLIP101:n.SetWeight(").TrimEnd(';') + "|};" : update)}}
                    }
                }
            }
        }

        """);

    [Fact]
    public Task Method_that_computes_an_error_is_no_stored_number() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            private readonly double[] weights = new double[4];

            private static double GetError(double target, double output) => target - output;

            public void Train(double[] target, double[] output, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                    for (int i = 0; i < 4; i++)
                        weights[i] += learningRate * GetError(target[i], output[i]);
            }
        }

        """);

    [Theory]
    [InlineData("public double Slope { get; private set; } public void SetSlope(double slope) => Slope = slope;", "SetSlope(e)", "n.Slope")]
    [InlineData("public double error; public double GetError() { return error; }", "error = e", "n.GetError()")]
    [InlineData("private double error; public void SetError(double e) => error = e; public double GetError() => error;", "SetError(e)",
        "n.GetError()")]
    [InlineData("public double[] error = new double[1]; public double GetError(int i) => error[i];", "error[0] = e", "n.GetError(0)")]
    [InlineData("public double error; public double GetError() { if (error == 0) throw new Exception(); return this.error; }", "error = e",
        "n.GetError()")]
    public Task A_method_is_the_member_that_it_returns(string members, string store, string read) => LoopTest.FileAsync(
        Neurons(members, store, $"{{|CLIP101:n.weight += learningRate * {read}|}}"));

    [Theory]
    // What is stored there is not what is applied.
    [InlineData("public double error, last; public double GetError() => last;", "error = e", "n.GetError()")]
    [InlineData("public double error; public double GetError() => error;", "error = e", "Math.Clamp(n.GetError(), -1, 1)")]
    public Task A_method_returns_another_member_or_is_limited(string members, string store, string read) => LoopTest.FileAsync(
        Neurons(members, store, $"n.weight += learningRate * {read}"));

    private static string Neurons(string members, string store, string update) => $$"""
        sealed class Neuron
        {
            public double weight, output;
            {{members}}
        }

        static class Trainer
        {
            public static void Train(Neuron[] neurons, double[] target, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    for (int i = 0; i < neurons.Length; i++)
                    {
                        double e = (target[i] - neurons[i].output) * neurons[i].output;
                        neurons[i].{{store}};
                    }

                    foreach (Neuron n in neurons)
                    {
                        {{update}};
                    }
                }
            }
        }

        """;
}
