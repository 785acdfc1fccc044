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

    // The names of the two calls are enough to find them, and the setter and the getter show that one applies what the other stores.
    [Theory]
    [InlineData("GetDeltaAt(i)", true)]
    [InlineData("GetOtherAt(i)", false)]
    public Task What_a_backward_pass_stores_by_a_setter_is_what_the_step_reads_by_the_getter(string read, bool isReported) =>
        LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private double delta, other;
            public void SetDelta(double value) => delta = value;
            public double GetDelta() => delta;
            public double GetOther() => other;
        }

        sealed class Layer
        {
            private readonly Neuron[] neurons = [new(), new()];
            private readonly double[] weights = new double[2];
            private double GetDeltaAt(int i) => neurons[i].GetDelta();
            private double GetOtherAt(int i) => neurons[i].GetOther();
            private void SetDeltaAt(int i, double value) => neurons[i].SetDelta(value);
            private double GetWeight(int i) => weights[i];
            private void SetWeight(int i, double value) => weights[i] = value;

            public void SetDeltas(double[] next) { for (int i = 0; i < 2; i++) SetDeltaAt(i, next[i] * weights[i]); }

            public void AdjustWeights(double rate)
            {
                for (int i = 0; i < 2; i++)
                {
                    double value = {{read}};
                    double weight = GetWeight(i);
                    double adjust = rate * value;
                    weight += adjust;
                    SetWeight(i, weight);
                }
            }
        }

        sealed class Network
        {
            private readonly Layer[] layers = [new(), new()];

            private void Backprop(double[] next) { foreach (Layer layer in layers) layer.SetDeltas(next); }

            public void Train(double[][] samples, double rate)
            {
                foreach (double[] sample in samples)
                {
                    Backprop(sample);
                    foreach (Layer layer in layers)
                        {{(isReported ? "{|CLIP101:layer.AdjustWeights(rate)|}" : "layer.AdjustWeights(rate)")}};
                }
            }
        }

        """);

    [Fact]
    public Task Numbers_that_may_be_missing_are_numbers() => LoopTest.FileAsync("""
        sealed class Neuron
        {
            public double? LocalGradient { get; set; }
            public double[] Weights = new double[2];
        }

        sealed class Network
        {
            private readonly Neuron[] neurons = [new(), new()];

            private void FindGradients(double[] errors)
            {
                for (int i = 0; i < neurons.Length; i++)
                {
                    double localGradient = errors[i] * 2;
                    neurons[i].LocalGradient = localGradient;
                }
            }

            public void Train(double[] errors, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    FindGradients(errors);
                    foreach (Neuron neuron in neurons)
                    {
                        for (int i = 0; i < 2; i++)
                            {|CLIP101:neuron.Weights[i] -= learningRate * (double)neuron.LocalGradient!|};
                    }
                }
            }
        }

        """);
}
