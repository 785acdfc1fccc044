namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Networks whose backward pass or step is recognized by its assignments, not by the name of a method.</summary>
public sealed class HandWrittenUpdateTests
{
    private const string Autograd = """
        sealed class Value
        {
            public double Data, Grad;
            public void Backward() { Grad = 1; }
        }


        """;

    [Theory]
    [InlineData("foreach (var p in parameters) {|CLIP101:p.Data -= 0.01 * p.Grad|};")]
    [InlineData("foreach (var p in parameters) {|CLIP101:p.Data = p.Data - 0.01 * p.Grad|};")]
    [InlineData("foreach (var p in parameters) {|CLIP101:p.Data += -rate * p.Grad|};")]
    [InlineData("for (int i = 0; i < parameters.Count; i++) {|CLIP101:parameters[i].Data -= rate * parameters[i].Grad|};")]
    [InlineData("for (int i = 0; i < parameters.Count; i++) { var p = parameters[i]; {|CLIP101:p.Data -= rate * p.Grad|}; p.Grad = 0; }")]
    [InlineData("foreach (var p in parameters) { double step = rate * p.Grad; {|CLIP101:p.Data -= step|}; }")]
    [InlineData("""
        for (int i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i];
            m[i] = 0.9 * m[i] + 0.1 * p.Grad;
            {|CLIP101:p.Data -= rate * m[i]|};
        }
        """)]
    [InlineData("""
        for (int i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i];
            m[i] += 0.1 * (p.Grad - m[i]);
            var h = m[i] / 0.5;
            {|CLIP101:p.Data -= rate * h / (Math.Sqrt(h) + 1e-8)|};
        }
        """)]
    [InlineData("foreach (var p in parameters) { p.Grad = Math.Clamp(p.Grad, -1, 1); p.Data -= 0.01 * p.Grad; }")]
    [InlineData("foreach (var p in parameters) { if (p.Grad > 1) p.Grad = 1; p.Data -= 0.01 * p.Grad; }")]
    [InlineData("foreach (var p in parameters) { var g = Math.Min(1, p.Grad); p.Data -= 0.01 * g; }")]
    [InlineData("foreach (var p in parameters) p.Data -= 0.01 * Math.Sign(p.Grad);")]
    [InlineData("foreach (var p in parameters) p.Data -= 0.01 * Math.Clamp(p.Grad, -1, 1);")]
    [InlineData("""
        double scale = Math.Min(1, 1 / parameters.Sum(p => p.Grad * p.Grad));
        foreach (var p in parameters) p.Data -= scale * rate * p.Grad;
        """)]
    [InlineData("""
        double total = parameters.Sum(p => p.Grad * p.Grad);
        foreach (var p in parameters) { if (total > 1) p.Grad *= 1 / total; }
        foreach (var p in parameters) p.Data -= rate * p.Grad;
        """)]
    public Task Update_that_is_written_out_after_a_backward_pass(string update) => LoopTest.FileAsync(Autograd + $$"""
        static class Trainer
        {
            static void Train(List<Value> parameters, Func<Value> loss, double rate, double[] m)
            {
                for (int i0 = 0; i0 < 100; i0++)
                {
                    foreach (var p in parameters) p.Grad = 0;
                    loss().Backward();
                    {{update}}
                }
            }
        }
        """);

    [Fact]
    public Task Gradients_that_are_averaged_are_not_clipped() => LoopTest.FileAsync(Autograd + """
        static class Trainer
        {
            static void Train(List<Value> parameters, Func<Value> loss, int batch)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss().Backward();
                    foreach (var p in parameters) p.Grad /= batch;
                    foreach (var p in parameters) {|CLIP101:p.Data -= 0.01 * p.Grad|};
                }
            }
        }
        """);

    [Fact]
    public Task One_finding_for_all_parameters_of_a_step() => LoopTest.FileAsync("""
        sealed class Mlp
        {
            private readonly double[] _w1 = new double[4], _w2 = new double[4], _dW1 = new double[4], _dW2 = new double[4];

            void Train(List<double[]> inputs, double learningRate)
            {
                foreach (var x in inputs)
                {
                    for (int i = 0; i < 4; i++) _dW2[i] = x[i] * _w1[i];
                    for (int i = 0; i < 4; i++) _dW1[i] = _dW2[i] * _w2[i];
                    for (int i = 0; i < 4; i++) {|CLIP101:_w1[i] -= learningRate * _dW1[i]|};
                    for (int i = 0; i < 4; i++) _w2[i] -= learningRate * _dW2[i];
                }
            }
        }
        """);

    [Theory]
    [InlineData("double grad = x[i] - w[i]; w[i] -= learningRate * grad;")]
    [InlineData("w[i] -= learningRate * (x[i] - w[i]);")]
    [InlineData("errors[i] = x[i] - w[i]; w[i] += learningRate * errors[i];")]
    [InlineData("gradients[i] = x[i] - w[i]; w[i] += learningRate * gradients[i];")]
    public Task Computed_and_applied_at_once(string statements) => LoopTest.FileAsync($$"""
        sealed class Mlp
        {
            private readonly double[] w = new double[4], errors = new double[4], gradients = new double[4];

            void Backpropagate(List<double[]> inputs, double learningRate)
            {
                foreach (var x in inputs)
                {
                    for (int i = 0; i < 4; i++)
                    {
                        {{statements}}
                    }
                }
            }
        }
        """);

    [Theory]
    [InlineData("oGrads")]
    [InlineData("errors")]
    [InlineData("outputDeltas")]
    public Task Fill_and_update_in_one_method(string gradients) => LoopTest.FileAsync($$"""
        sealed class Mlp
        {
            private readonly double[][] w = [[1]];
            private readonly double[] {{gradients}} = [0];

            public void UpdateWeights(double[] t, double learningRate)
            {
                for (int i = 0; i < {{gradients}}.Length; i++) {{gradients}}[i] = t[i] - w[0][i];
                for (int i = 0; i < {{gradients}}.Length; i++) {|CLIP101:w[0][i] += learningRate * {{gradients}}[i]|};
            }

            void Train(List<double[]> d) { foreach (var t in d) UpdateWeights(t, 0.9); }
        }
        """);

    [Fact]
    public Task Whole_buffers_that_are_filled_and_applied_in_one_loop() => LoopTest.FileAsync("""
        sealed class Matrix
        {
            public static Matrix operator *(Matrix a, Matrix b) => a;
            public static Matrix operator *(double a, Matrix b) => b;
            public static Matrix operator -(Matrix a, Matrix b) => a;
            public Matrix Transpose() => this;
        }

        sealed class Mlp
        {
            private Matrix _w = new();

            void Train(Matrix x, Matrix y, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Matrix error = x * _w - y;
                    Matrix dW = x.Transpose() * error;
                    {|CLIP101:_w -= learningRate * dW|};
                }
            }

            void TrainOutOfPlace(Matrix x, Matrix y, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Matrix gradient = x.Transpose() * (x * _w - y);
                    {|CLIP101:_w = _w - learningRate * gradient|};
                }
            }
        }
        """);

    [Fact]
    public Task Backward_and_step_whose_members_are_named_otherwise() => LoopTest.FileAsync("""
        sealed class Link
        {
            public double Weight, Delta;
            public void AdjustWeight(double lr) { Weight -= lr * Delta; }
        }

        sealed class Network
        {
            private readonly List<Link> _links = new();

            void BackPropagation(double[] y) { foreach (var link in _links) link.Delta = y[0] * link.Weight; }

            void AdjustWeights() { foreach (var link in _links) link.AdjustWeight(0.1); }

            void Train(List<double[]> d)
            {
                foreach (var y in d)
                {
                    BackPropagation(y);
                    {|CLIP101:AdjustWeights()|};
                }
            }
        }
        """);

    [Fact]
    public Task Names_alone_without_a_member_that_one_writes_and_the_other_applies() => LoopTest.FileAsync("""
        sealed class Robot
        {
            private double _weight, _load, _speed;
            void BackPropagation(double x) { _speed = x; }
            void AdjustWeights() { _weight -= 0.1 * _load; }

            void Run(List<double> d)
            {
                foreach (var y in d)
                {
                    BackPropagation(y);
                    AdjustWeights();
                }
            }
        }
        """);

    [Fact]
    public Task Gradients_that_a_method_returns_and_another_applies() => LoopTest.FileAsync("""
        sealed class Gradient { public double[] Weights = new double[4]; }

        sealed class Network
        {
            private readonly double[] _weights = new double[4];

            Gradient Backpropagate(double[] x)
            {
                var result = new Gradient();
                for (int i = 0; i < 4; i++) result.Weights[i] = x[i] - _weights[i];
                return result;
            }

            void Update(Gradient gradient, double rate) { for (int i = 0; i < 4; i++) _weights[i] -= rate * gradient.Weights[i]; }

            void Train(List<double[]> d)
            {
                foreach (var x in d)
                {
                    Gradient gradient = Backpropagate(x);
                    {|CLIP101:Update(gradient, 0.1)|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("Clip(gradient); Update(gradient, 0.1);")]
    [InlineData("{|CLIP101:Update(gradient, 0.1)|};")]
    public Task Limits_in_a_method_of_their_own(string statements) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly double[] _weights = new double[4];

            void Accumulate(double[] gradient, double[] x) { for (int i = 0; i < 4; i++) gradient[i] += x[i] - _weights[i]; }

            void Clip(double[] gradient) { for (int i = 0; i < 4; i++) gradient[i] = Math.Max(-1, Math.Min(1, gradient[i])); }

            void Update(double[] gradient, double rate) { for (int i = 0; i < 4; i++) _weights[i] -= rate * gradient[i]; }

            void Train(List<double[]> d)
            {
                var gradient = new double[4];
                foreach (var x in d)
                {
                    Accumulate(gradient, x);
                    {{statements}}
                }
            }
        }
        """);

    [Fact]
    public Task Physics_and_geometry_that_move_things_by_gradients() => LoopTest.FileAsync("""
        sealed class Particle { public double Position, Velocity, Force, Mass, Weight, Gradient; }

        sealed class World
        {
            private readonly List<Particle> _particles = new();
            private readonly double[] _heights = new double[8], _gradients = new double[8], _weights = new double[8];
            private readonly double[] _errors = new double[8];

            void Step(double dt)
            {
                foreach (var p in _particles) p.Force = -p.Position;
                foreach (var p in _particles) p.Velocity += dt * p.Force / p.Mass;
                foreach (var p in _particles) p.Position += dt * p.Velocity;
            }

            void Relax(double stiffness)
            {
                foreach (var p in _particles) p.Gradient = p.Position * 2;
                foreach (var p in _particles) p.Position -= stiffness * p.Weight * p.Gradient;
            }

            void Smooth()
            {
                for (int i = 1; i < 8; i++) _gradients[i] = _heights[i] - _heights[i - 1];
                for (int i = 1; i < 8; i++) _heights[i] -= 0.1 * _gradients[i];
            }

            void Sweep(double pointA, double pointB, double rate)
            {
                double[] deltaA = new double[3], deltaB = new double[3], directionB = new double[3];
                for (int i = 0; i < 3; i++) deltaA[i] = pointA - _heights[i];
                for (int i = 0; i < 3; i++) deltaB[i] = pointB - _heights[i];
                for (int i = 0; i < 3; i++) directionB[i] = pointB * rate;
                for (int i = 0; i < 3; i++) _heights[i] -= rate * deltaB[i] + directionB[i];
            }

            void Steer(double rate)
            {
                for (int i = 0; i < 8; i++) _errors[i] = 1 - _heights[i];
                for (int i = 0; i < 8; i++) _heights[i] += rate * _errors[i];
                for (int i = 0; i < 8; i++) _weights[i] += rate * _errors[i];
            }
        }
        """);

    [Fact]
    public Task Layers_of_several_classes_that_compute_and_apply_at_once() => LoopTest.FileAsync("""
        interface ILayer
        {
            double[] LocalGrad { get; }
            void CalcWeights(double learningRate, double[] localGrad);
        }

        sealed class Output : ILayer
        {
            public double[] LocalGrad { get; } = new double[4];
            private readonly double[] Error = new double[4], Bias = new double[4];
            private readonly double[,] W = new double[4, 4];

            public void CalcWeights(double learningRate, double[] target)
            {
                for (int i = 0; i < 4; i++)
                {
                    Error[i] = target[i] - Bias[i];
                    Bias[i] = Bias[i] + learningRate * Error[i];
                    for (int j = 0; j < 4; j++)
                    {
                        LocalGrad[j] += Error[i] * W[i, j];
                        W[i, j] += learningRate * Error[i];
                    }
                }
            }
        }

        sealed class Hidden : ILayer
        {
            public double[] LocalGrad { get; } = new double[4];
            private readonly double[] Error = new double[4], Bias = new double[4];
            private readonly double[,] W = new double[4, 4];

            public void CalcWeights(double learningRate, double[] localGrad)
            {
                for (int i = 0; i < 4; i++)
                {
                    Error[i] = Bias[i] * localGrad[i];
                    Bias[i] = Bias[i] + learningRate * Error[i];
                    for (int j = 0; j < 4; j++)
                    {
                        LocalGrad[j] += Error[i] * W[i, j];
                        W[i, j] += learningRate * Error[i];
                    }
                }
            }
        }

        sealed class Network(ILayer[] layers)
        {
            public void Learn(double learningRate, double[] target)
            {
                layers[^1].CalcWeights(learningRate, target);
                for (int i = layers.Length - 2; i >= 0; i--)
                    layers[i].CalcWeights(learningRate, layers[i + 1].LocalGrad);
            }
        }

        """);

    [Theory]
    [InlineData("var grad = w.Gradient.Copy(); w.ResetGradient();")]
    [InlineData("var grad = w.Gradient; {|CLIP104:w.ResetGradient()|};")]
    public Task Reset_before_an_update_that_reads_a_copy(string read) => LoopTest.FileAsync($$"""
        sealed class Matrix
        {
            public Matrix Copy() => new();
            public void Clear() { }
            public Matrix Minus(Matrix other) => new();
            public Matrix Times(double factor) => new();
        }

        sealed class Op(Matrix value)
        {
            public Matrix Value => value;
            public Matrix Gradient { get; private set; } = new();
            public void ResetGradient() => Gradient.Clear();
            public void Backward(Matrix x) => Gradient = x.Times(2);
        }

        static class Trainer
        {
            static void Train(Op w, Matrix x, double learningRate)
            {
                for (int epoch = 0; epoch < 10; epoch++)
                {
                    w.Backward(x);
                    {{read}}
                    w = new Op(w.Value.Minus(grad.Times(learningRate)));
                }
            }
        }

        """);
}
