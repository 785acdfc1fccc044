namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Updates that apply a gradient through a stored momentum or change, whatever the gradient is called.</summary>
public sealed class UpdateThroughMomentumTests
{
    [Theory]
    [InlineData("Output * Gamma", true)]
    [InlineData("Math.Clamp(Output * Gamma, -1, 1)", false)]
    public Task A_delta_applied_through_a_stored_momentum(string delta, bool isReported) => LoopTest.FileAsync($$"""
        class Program
        {
            static void Train(Network net, double[][] samples)
            {
                foreach (double[] sample in samples)
                {
                    net.BackPropagation(sample);
                    {{(isReported ? "{|CLIP101:net.AdjustWeights()|}" : "net.AdjustWeights()")}};
                }
            }
        }

        class Link
        {
            public double Weight, Delta, PreviousChange, Output, Gamma;
            public void Update() { Delta = {{delta}}; }

            public void Adjust(double learningRate, double momentum)
            {
                PreviousChange = Delta * learningRate + momentum * PreviousChange;
                Weight -= PreviousChange;
            }
        }

        class Network
        {
            private readonly Link[] _links = new Link[4];
            public void BackPropagation(double[] sample) { foreach (var link in _links) link.Update(); }
            public void AdjustWeights() { foreach (var link in _links) link.Adjust(0.1, 0.9); }
        }
        """);

    [Theory]
    [InlineData("trainingRate", true)]
    [InlineData("trainRate", true)]
    [InlineData("frameRate", false)]
    public Task A_delta_applied_by_a_rate_of_training(string rate, bool isReported) => LoopTest.FileAsync($$"""
        class Network
        {
            private readonly double[] weights = new double[4], delta = new double[4];
            private void Backpropagate(double[] sample) { for (int i = 0; i < 4; i++) delta[i] += sample[i]; }

            public void Train(double[][] samples, double {{rate}})
            {
                foreach (double[] sample in samples)
                {
                    Backpropagate(sample);
                    for (int i = 0; i < 4; i++)
                        {{(isReported ? $"{{|CLIP101:weights[i] -= {rate} * delta[i]|}}" : $"weights[i] -= {rate} * delta[i]")}};
                }
            }
        }
        """);

    [Theory]
    [InlineData("weightAdjustments", true)]
    [InlineData("weightCorrections", true)]
    [InlineData("colorAdjustments", false)]
    public Task A_change_that_includes_the_rate(string change, bool isReported) => LoopTest.FileAsync($$"""
        class Network
        {
            private readonly double[] weights = new double[4], {{change}} = new double[4];
            private void Backpropagate(double[] sample, double learningRate)
            {
                for (int i = 0; i < 4; i++)
                    {{change}}[i] += learningRate * sample[i];
            }

            public void Train(double[][] samples)
            {
                foreach (double[] sample in samples)
                {
                    Backpropagate(sample, 0.1);
                    for (int i = 0; i < 4; i++)
                        {{(isReported ? $"{{|CLIP101:weights[i] -= {change}[i]|}}" : $"weights[i] -= {change}[i]")}};
                }
            }
        }
        """);

    [Fact]
    public Task A_velocity_without_a_backward_pass_is_not_training() => LoopTest.FileAsync("""
        class Body
        {
            public double Position, Force, Velocity, Mass;
            public void Update() { Force = Mass * 9.81; }
            public void Step(double dt, double drag) { Velocity = Force * dt + drag * Velocity; Position -= Velocity; }
        }

        class Game
        {
            static void Run(Body[] bodies) { while (true) foreach (var body in bodies) { body.Update(); body.Step(0.01, 0.9); } }
        }
        """);

    [Theory]
    [InlineData("ElementWiseAdd", true)]
    [InlineData("AddMatrix", true)]
    [InlineData("SubtractInPlace", true)]
    [InlineData("AddToRow", true)]
    [InlineData("Address", false)]
    [InlineData("AddRowHeader", false)]
    [InlineData("AddListener", false)]
    public Task A_method_that_adds_in_place_by_any_usual_name(string method, bool isUpdate) => LoopTest.FileAsync($$"""
        class Matrix
        {
            public double[,] Values = new double[2, 2];
            public static Matrix Product(Matrix a, Matrix b) => new();
            public static Matrix Derivative(Matrix a) => new();
            public void Scale(double factor) { }
            public void {{method}}(Matrix other) { }
        }

        class Trainer
        {
            private readonly Matrix weights = new();

            public void Train(Matrix[] errors, double learningRate)
            {
                foreach (var error in errors)
                {
                    Matrix gradients = Matrix.Derivative(error);
                    gradients.Scale(learningRate);
                    Matrix weightsDelta = Matrix.Product(gradients, error);
                    {{(isUpdate ? $"{{|CLIP101:weights.{method}(weightsDelta)|}}" : $"weights.{method}(weightsDelta)")}};
                }
            }
        }
        """);

    [Fact]
    public Task A_gradient_limited_in_a_local_number_is_not_reported() => LoopTest.FileAsync("""
        class Network
        {
            private readonly double[] weights = new double[4], weightGradients = new double[4];
            private void Backward(double[] sample) { for (int i = 0; i < 4; i++) weightGradients[i] += sample[i] * weights[i]; }

            public void Train(double[][] samples, double learningRate)
            {
                foreach (double[] sample in samples)
                {
                    Backward(sample);
                    for (int i = 0; i < 4; i++)
                    {
                        double value = weightGradients[i] * learningRate;
                        if (value > 5)
                            value = 5;
                        else if (value < -5)
                            value = -5;
                        weightGradients[i] = value;
                    }

                    for (int i = 0; i < 4; i++)
                        weights[i] -= weightGradients[i];
                }
            }
        }
        """);

    [Theory]
    [InlineData("value = 2 * value;")]
    [InlineData("if (value > 5) Console.WriteLine(value);")]
    public Task A_local_number_that_is_not_bounded(string statement) => LoopTest.FileAsync($$"""
        class Network
        {
            private readonly double[] weights = new double[4], weightGradients = new double[4];
            private void Backward(double[] sample) { for (int i = 0; i < 4; i++) weightGradients[i] += sample[i] * weights[i]; }

            public void Train(double[][] samples, double learningRate)
            {
                foreach (double[] sample in samples)
                {
                    Backward(sample);
                    for (int i = 0; i < 4; i++)
                    {
                        double value = weightGradients[i] * learningRate;
                        {{statement}}
                        weightGradients[i] = value;
                    }

                    for (int i = 0; i < 4; i++)
                        {|CLIP101:weights[i] -= weightGradients[i]|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("g_t", "kLern", true)]
    [InlineData("g_t", "learningRate", true)]
    [InlineData("h_t", "learningRate", false)]
    public Task Letters_of_the_formulas(string gradient, string rate, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Neuron
        {
            private readonly double[] weights = new double[4], {{gradient}} = new double[4], m_t = new double[4];
            private readonly double {{rate}} = 0.1, beta = 0.9;

            public void Compute(double[] input, double sigma)
            {
                for (int i = 0; i < 4; i++)
                    {{gradient}}[i] += sigma * input[i];
            }

            public void Move()
            {
                for (int i = 0; i < 4; i++)
                {
                    m_t[i] = beta * m_t[i] + (1 - beta) * {{gradient}}[i];
                    weights[i] += {{rate}} * m_t[i];
                    {{gradient}}[i] = 0;
                }
            }
        }

        static class Trainer
        {
            public static void Train(Neuron[] neurons, double[][] inputs, double sigma)
            {
                foreach (double[] input in inputs)
                {
                    foreach (Neuron neuron in neurons)
                        neuron.Compute(input, sigma);
                    foreach (Neuron neuron in neurons)
                        {{(isReported ? "{|CLIP101:neuron.Move()|}" : "neuron.Move()")}};
                }
            }
        }

        """);
}
