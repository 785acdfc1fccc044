namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Gradients without a recognizable name, recognized by how they are computed and used.</summary>
public sealed class BackwardStructureTests
{
    [Theory]
    [InlineData("gamma[i] = (output[i] - target[i]) * Derivative(output[i]);",
        "{|CLIP101:_weights[i] -= gamma[i] * x[i] * learningRate|};")]
    [InlineData("q[i] = (output[i] - expected[i]) * output[i];", "{|CLIP101:_weights[i] -= learningRate * q[i]|};")]
    [InlineData("q[i] = _sigmoidPrime(output[i]) * x[i];", "{|CLIP101:_bias[i] += learningRate * q[i]|};")]
    [InlineData("q[i] = Derivative(output[i]); q[i] *= 2;", "double step = learningRate * q[i]; _weights[i] -= step;")]
    // Activations, and values that are applied immediately.
    [InlineData("hidden[i] = Math.Tanh(x[i]);", "_weights[i] -= learningRate * (output[i] - target[i]) * hidden[i];")]
    [InlineData("hidden[i] = x[i] - output[i];", "_weights[i] -= learningRate * hidden[i];")]
    [InlineData("hidden[i] = Derivative(output[i]);", "_weights[i] -= 0.5 * hidden[i];")]
    [InlineData("hidden[i] = Derivative(output[i]);", "_speed[i] -= learningRate * hidden[i];")]
    public Task Buffers_of_a_backward_pass(string fill, string update) => LoopTest.FileAsync($$"""
        class Mlp
        {
            private readonly double[] _weights = new double[4], _bias = new double[4], _speed = new double[4];
            private readonly Func<double, double> _sigmoidPrime = Math.Exp;
            private static double Derivative(double value) => value * (1 - value);

            public void Train(double[] x, double[] output, double[] target, double[] expected, double learningRate)
            {
                var gamma = new double[4];
                var q = new double[4];
                var hidden = new double[4];
                for (int i = 0; i < 4; i++) { {{fill}} }
                for (int i = 0; i < 4; i++) { {{update}} }
            }
        }
        """);

    [Theory]
    [InlineData("p.GetGradient(i)", true)]
    [InlineData("p.Gradient(i)", true)]
    [InlineData("p.GradAt(i)", true)]
    [InlineData("p.ComputeGradient(i)", false)]
    [InlineData("p.GetGradientNorm()", false)]
    public Task Gradients_behind_a_method(string gradient, bool isKnown) => LoopTest.FileAsync($$"""
        class Variable
        {
            private readonly double[] _data = new double[4], _gradient = new double[4];
            public double this[int i] { get => _data[i]; set => _data[i] = value; }
            public double GetGradient(int i) => _gradient[i];
            public double Gradient(int i) => _gradient[i];
            public double GradAt(int i) => _gradient[i];
            public double ComputeGradient(int i) => _data[i] * 2;
            public double GetGradientNorm() => _gradient.Sum();
            public void Backward() => _gradient[0] = 1;
        }

        class Layer
        {
            public Variable Weights = new();

            public void Move(double lr)
            {
                var p = Weights;
                for (int i = 0; i < 4; i++) Weights[i] -= lr * {{gradient}};
            }
        }

        class Trainer
        {
            void Train(Layer layer, Variable loss, double lr)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss.Backward();
                    {{(isKnown ? "{|CLIP101:layer.Move(lr)|}" : "layer.Move(lr)")}};
                }
            }
        }
        """);

    [Theory]
    [InlineData("InputGate -= learnSpeed * InputGateDiff;", true)]
    [InlineData("InputGate -= learnSpeed * InputGateDiff + moment * InputGateDiffPrevious;", true)]
    [InlineData("InputGate += learnSpeed * OtherDiff;", false)]
    [InlineData("InputGate += InputGateDiff;", false)]
    public Task Members_that_are_named_after_what_they_change(string update, bool isKnown) => LoopTest.FileAsync($$"""
        class Matrix
        {
            public static Matrix operator *(double a, Matrix b) => b;
            public static Matrix operator *(Matrix a, Matrix b) => a;
            public static Matrix operator +(Matrix a, Matrix b) => a;
            public static Matrix operator -(Matrix a, Matrix b) => a;
        }

        class Cell
        {
            public Matrix InputGate = new(), InputGateDiff = new(), InputGateDiffPrevious = new(), OtherDiff = new();
            public void Learn(Matrix error, Matrix input) => InputGateDiff += error * input;
            public void ApplyDiffs(double learnSpeed, double moment) { {{update}} }
        }

        class Network
        {
            void Learn(Cell cell, Matrix error, Matrix input)
            {
                for (int i = 0; i < 10; i++)
                {
                    cell.Learn(error, input);
                    {{(isKnown ? "{|CLIP101:cell.ApplyDiffs(0.1, 0.9)|}" : "cell.ApplyDiffs(0.1, 0.9)")}};
                }
            }
        }
        """);

    [Fact]
    public Task New_parameters_that_are_kept_beside_the_old_ones() => LoopTest.FileAsync("""
        class Layer
        {
            public double[] Weights = new double[4];
            public double[] BackpropagateOutput(double[] targets) => targets;
        }

        class Network(double learningRate)
        {
            public double[] Backpropagate(Layer layer, double[] targets)
            {
                double[] deltaWeights = layer.BackpropagateOutput(targets);
                double[] updated = new double[4];
                for (int i = 0; i < 4; i++) {|CLIP101:updated[i] = layer.Weights[i] + learningRate * deltaWeights[i]|};
                return updated;
            }

            public double[] Follow(Layer layer, Layer target, double rate)
            {
                double[] updated = new double[4];
                for (int i = 0; i < 4; i++) updated[i] = layer.Weights[i] + learningRate * target.Weights[i];
                return updated;
            }
        }
        """);

    [Theory]
    [InlineData("if (Grad == null) Grad = new double[4];", true)]
    [InlineData("if (Grad is null) Grad = Make(4);", true)]
    [InlineData("if (upstream == null) upstream = One;", true)]
    [InlineData("Grad[0] = Math.Max(Grad[0], Other.Grad![0]);", true)]
    [InlineData("if (Grad![0] > 1) Grad[0] = One[0];", false)]
    [InlineData("if (double.IsNaN(Grad![0])) Grad[0] = 0;", false)]
    [InlineData("Grad![0] = Math.Min(Grad[0], 1);", false)]
    public Task What_a_backward_pass_does_besides(string statement, bool isUnclipped) => LoopTest.FileAsync($$"""
        class Value
        {
            public double[] Data = new double[4];
            public double[]? Grad;
            public Value Other => this;
            private static readonly double[] One = { 1, 1, 1, 1 };
            private static double[] Make(int count) => new double[count];

            public void Backward(double[]? upstream = null)
            {
                Grad = Make(4);
                for (int i = 0; i < 4; i++) Grad[i] += Data[i];
                {{statement}}
            }
        }

        class Sgd(List<Value> parameters)
        {
            public void Step() { foreach (var p in parameters) for (int i = 0; i < 4; i++) p.Data[i] -= 0.1 * p.Grad![i]; }
        }

        class Trainer
        {
            void Train(Sgd optimizer, Value loss)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss.Backward();
                    {{(isUnclipped ? "{|CLIP101:optimizer.Step()|}" : "optimizer.Step()")}};
                }
            }
        }
        """);

    [Theory]
    [InlineData("var clipped = ratio.Clamp(1 - _clipCoef, 1 + _clipCoef); var loss = ratio.Min(clipped);", true)]
    [InlineData("var prob = ratio.Clamp(0, 1); prob = prob.Log(); var loss = prob;", true)]
    [InlineData("var loss = ratio.Log(); var clipper = new Clipper(_clipCoef); clipper.Register(ratio);", false)]
    [InlineData("var limited = ratio.Clamp(0, 1); var loss = ratio.Log();", true)]
    [InlineData("var limited = ratio.Clamp(-1, 1); var loss = ratio.Log();", false)]
    public Task What_the_loss_clamps_is_no_gradient(string statements, bool isUnclipped) => LoopTest.FileAsync($$"""
        class Node
        {
            public double Data, Grad;
            public Node Clamp(double low, double high) => this;
            public Node Min(Node other) => this;
            public Node Log() => this;
            public void Backward() => Grad = 1;
        }

        class Clipper(double limit) { public void Register(Node tensor) => tensor.Data = limit; }

        class Adam(List<Node> parameters)
        {
            public void Step() { foreach (var p in parameters) p.Data -= 0.1 * p.Grad; }
        }

        class Agent
        {
            private readonly double _clipCoef = 0.2;

            void Update(Adam optimizer, Node ratio)
            {
                for (int i = 0; i < 100; i++)
                {
                    {{statements}}
                    loss.Backward();
                    {{(isUnclipped ? "{|CLIP101:optimizer.Step()|}" : "optimizer.Step()")}};
                }
            }
        }
        """);

    [Theory]
    [InlineData("weightsNudge", "weightsNudge[i] += error * inputs[i]", "weights[i] += learningRate * weightsNudge[i]", true)]
    [InlineData("weights_d", "weights_d[i] += Derivative(inputs[i]) * inputs[i]", "weights[i] -= weights_d[i] * learningRate / 8", true)]
    [InlineData("total", "double smudge = Derivative(inputs[i]); total[i] += smudge", "weights[i] += total[i] * learningRate", true)]
    [InlineData("weightsBias", "double biasPart = Derivative(inputs[i]); weightsBias[i] += biasPart",
        "weights[i] += weightsBias[i] * learningRate", true)]
    // Added up, and not applied.
    [InlineData("weightsNudge", "weightsNudge[i] += error * inputs[i]", "weights[i] += learningRate * examples[0][i]", false)]
    // The rule of a perceptron, which stores nothing.
    [InlineData("weightsNudge", "weights[i] += error * inputs[i]", "weightsNudge[i] += learningRate * examples[0][i]", false)]
    public Task Errors_that_are_added_up_in_a_member_of_any_name(string member, string fill, string update, bool isReported) =>
        LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] weights = new double[8], {{member}} = new double[8];

            private static double Derivative(double x) => x * (1 - x);

            public void Train(List<double[]> examples, double error, double learningRate)
            {
                foreach (double[] inputs in examples)
                {
                    for (int i = 0; i < weights.Length; i++)
                    {
                        {{fill}};
                    }
                }

                for (int i = 0; i < weights.Length; i++)
                    {{(isReported ? $"{{|CLIP101:{update}|}}" : update)}};
            }
        }

        """);

    [Fact]
    public Task A_later_update_of_the_body_applies_what_was_stored() => LoopTest.FileAsync("""
        sealed class Network
        {
            private readonly double[] first = new double[8], second = new double[4], weightsA = new double[8], weightsB = new double[4];
            private readonly double[] deltaHidden = new double[4];
            private double deltaSum, output, learningRate = 0.7;

            private static double Derivative(double x) => x * (1 - x);

            public void BackPropagation(double target)
            {
                deltaSum = Derivative(output) * (target - output);
                for (int i = 0; i < 4; i++)
                    deltaHidden[i] = deltaSum * weightsB[i] * Derivative(second[i]);
                for (int i = 0; i < 4; i++)
                    {|CLIP101:weightsB[i] += deltaSum * second[i] * learningRate|};
                for (int i = 0; i < 8; i++)
                    weightsA[i] += deltaHidden[i / 2] * first[i] * learningRate;
            }
        }

        """);

    // One method computes the member, another applies it: its name says nothing, but how it is computed does.
    [Theory]
    [InlineData("_q[i] = _values[i] * (1 - _values[i]) * sums[i];", "learningRate * _q[i] * _inputs[i]", true)]
    [InlineData("_q[i] = (1 - _values[i] * _values[i]) * sums[i];", "learningRate * _q[i] * _inputs[i]", true)]
    [InlineData("_q[i] = sums[i]; _q[i] *= 1 - Math.Pow(_values[i], 2);", "learningRate * _q[i] * _y[i]", true)]
    [InlineData("_q[i] = (expected[i] - _values[i]) * sums[i];", "learningRate * _q[i] * _inputs[i]", true)]
    [InlineData("double slope = Derivative(_values[i]); _q[i] = slope * sums[i];", "learningRate * _q[i] * _inputs[i]", true)]
    [InlineData("_q[i] = ActivationSlope(_values[i]) * sums[i];", "rate * _q[i] * _y[i]", true)]
    // Computed like an activation, named like a target, or with more factors than an error and a value.
    [InlineData("_q[i] = Math.Tanh(sums[i]);", "learningRate * _q[i] * _inputs[i]", false)]
    [InlineData("_q[i] = 1 / (1 + Math.Exp(-sums[i]));", "learningRate * _q[i] * _y[i]", false)]
    [InlineData("_q[i] = Slope(_values[i]) * sums[i];", "learningRate * _q[i] * _inputs[i]", false)]
    [InlineData("_labels[i] = (expected[i] - _values[i]) * sums[i];", "learningRate * _labels[i] * _inputs[i]", false)]
    [InlineData("_q[i] = _values[i] * (1 - _values[i]) * sums[i];", "learningRate * _q[i] * _inputs[i] * _y[i]", false)]
    [InlineData("_q[i] = _values[i] * (1 - _values[i]) * sums[i];", "rate * _q[i]", false)]
    [InlineData("_q[i] = _values[i] * (2 - _values[i]) * sums[i];", "learningRate * _q[i] * _inputs[i]", false)]
    public Task Errors_of_any_name_in_two_methods(string fill, string change, bool isReported) => LoopTest.FileAsync($$"""
        class NeuralLayer
        {
            private readonly double[] _weights = new double[4], _q = new double[4], _y = new double[4], _labels = new double[4];
            private readonly double[] _inputs = new double[4], _values = new double[4];

            private static double Derivative(double value) => value * (1 - value);
            private static double ActivationSlope(double value) => value * (1 - value);
            private static double Slope(double value) => value / 2;

            public void Prepare(NeuralLayer next, double[] sums, double[] expected)
            {
                for (int i = 0; i < 4; i++) { {{fill}} }
            }

            public void Learn(double learningRate, double rate)
            {
                for (int i = 0; i < 4; i++)
                    _weights[i] += {{change}};
            }
        }

        class Network
        {
            private readonly NeuralLayer[] _layers = [new(), new()];

            public void Train(double[] sums, double[] expected, double learningRate)
            {
                for (int epoch = 0; epoch < 10; epoch++)
                {
                    foreach (var layer in _layers) layer.Prepare(_layers[1], sums, expected);
                    foreach (var layer in _layers)
                        {{(isReported ? "{|CLIP101:layer.Learn(learningRate, 0.1)|}" : "layer.Learn(learningRate, 0.1)")}};
                }
            }
        }
        """);
}
