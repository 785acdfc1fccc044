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
}
