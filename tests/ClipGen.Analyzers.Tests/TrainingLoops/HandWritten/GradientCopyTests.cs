namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>An optimizer that scales, copies, averages or decays gradients in local variables does not compute gradients.</summary>
public sealed class GradientCopyTests
{
    private const string Tensors = """
        sealed class Matrix
        {
            public float[] Data = new float[4];
            public float this[int i] => Data[i];
            public static Matrix operator *(Matrix a, Matrix b) => a;
            public static Matrix operator *(double a, Matrix b) => b;
            public static Matrix operator /(Matrix a, double b) => a;
            public static Matrix operator /(Matrix a, Matrix b) => a;
            public static Matrix operator +(Matrix a, Matrix b) => a;
            public static Matrix operator +(Matrix a, double b) => a;
            public static Matrix operator -(Matrix a, Matrix b) => a;
            public Matrix Multiply(double factor) => this;
            public Matrix Dot(Matrix other) => this;
            public Matrix Transpose() => this;
            public float[] ToHost() => Data;
            public static Matrix Sqrt(Matrix a) => a;
            public void SubtractInPlace(Matrix other) { }
        }

        sealed class Parameter
        {
            public Matrix Data = new(), Grad = new(), Gradient = new();
        }

        static class Functions
        {
            public static Matrix Scale(Matrix a, double b) => a;
            public static Matrix Derivative(Matrix a) => a;
        }

        sealed class Arithmetic
        {
            public Matrix Scale(Matrix a, double b) => a;
            public Matrix Outer(Matrix a, Matrix b) => a;
        }


        """;

    [Theory]
    [InlineData("Matrix ratedGrad = LearningRate * p.Grad; p.Data -= ratedGrad;")]
    [InlineData("Matrix grad = p.Grad / _batchSize; p.Data -= LearningRate * grad;")]
    [InlineData("Matrix grad = p.Grad.Multiply(LearningRate); p.Data.SubtractInPlace(grad);")]
    [InlineData("Matrix grad = Functions.Scale(p.Grad, LearningRate); p.Data.SubtractInPlace(grad);")]
    [InlineData("Matrix grad = _arithmetic.Scale(p.Grad, LearningRate); p.Data.SubtractInPlace(grad);")]
    [InlineData("Matrix grad = p.Grad + _weightDecay * p.Data; p.Data -= LearningRate * grad;")]
    [InlineData("Matrix grad = p.Grad; grad = grad + _options.WeightDecay * p.Data; p.Data -= _options.Rate * grad;")]
    [InlineData("""
        float[] gradData = p.Grad.ToHost();
        for (int j = 0; j < 4; j++) p.Data.Data[j] -= LearningRate * gradData[j];
        """)]
    [InlineData("""
        float[] gradData = new float[4];
        for (int j = 0; j < 4; j++) gradData[j] = p.Grad[j] / 4;
        for (int j = 0; j < 4; j++) p.Data.Data[j] -= LearningRate * gradData[j];
        """)]
    [InlineData("""
        float[] avgGrads = new float[4];
        for (int j = 0; j < 4; j++) avgGrads[j] += p.Grad[j];
        for (int j = 0; j < 4; j++) p.Data.Data[j] -= LearningRate * avgGrads[j];
        """)]
    [InlineData("Matrix delta = LearningRate * p.Grad; p.Data -= delta;")]
    [InlineData("""
        M[i] = Beta1 * M[i] + (1 - Beta1) * p.Grad;
        Matrix mHat = M[i] / (1 - Beta1);
        Matrix delta = LearningRate * mHat;
        for (int j = 0; j < 4; j++) p.Data.Data[j] -= delta.Data[j];
        """)]
    [InlineData("""
        M[i] = Beta1 * M[i] + (1 - Beta1) * p.Grad;
        V[i] = Beta2 * V[i] + (1 - Beta2) * (p.Grad * p.Grad);
        Matrix delta = LearningRate * (M[i] / (Matrix.Sqrt(V[i]) + Epsilon));
        p.Data.SubtractInPlace(delta);
        """)]
    [InlineData("""
        _velocities[i] = Beta1 * _velocities[i] + p.Grad;
        Matrix delta = LearningRate * _velocities[i]; p.Data -= delta;
        """)]
    [InlineData("""
        _cache[i] = Beta2 * _cache[i] + (1 - Beta2) * (p.Grad * p.Grad);
        Matrix ratedGrads = LearningRate * (p.Grad / (Matrix.Sqrt(_cache[i]) + Epsilon));
        p.Data -= ratedGrads;
        """)]
    [InlineData("""
        Matrix dw = p.Grad + _weightDecay * p.Data;
        Matrix dw2 = Beta1 * _last[i] + dw;
        p.Data -= LearningRate * dw2;
        _last[i] = dw2;
        """)]
    [InlineData("p.Grad += _weightDecay * p.Data; p.Data -= LearningRate * p.Grad;")]
    [InlineData("p.Grad = p.Grad + _weightDecay * p.Data; p.Data -= LearningRate * p.Grad;")]
    [InlineData("""
        for (int j = 0; j < 4; j++) p.Grad.Data[j] += _weightDecay * p.Data.Data[j];
        p.Data -= LearningRate * p.Grad;
        """)]
    [InlineData("""
        for (int j = 0; j < 4; j++) p.Grad.Data[j] = p.Grad.Data[j] + _weightDecay * p.Data[j];
        p.Data -= LearningRate * p.Grad;
        """)]
    [InlineData("""
        _meanGradient = Beta1 * _meanGradient + (1 - Beta1) * p.Grad;
        p.Data -= LearningRate * _meanGradient;
        """)]
    [InlineData("""
        _varianceGradient = _varianceGradient.Multiply(Beta2) + p.Grad.Multiply(0.1);
        p.Data -= LearningRate * (p.Grad / Matrix.Sqrt(_varianceGradient));
        """)]
    [InlineData("""
        Parameter scaled = new Parameter();
        scaled.Gradient = LearningRate * p.Grad; p.Data -= scaled.Gradient;
        """)]
    public Task Optimizers_that_keep_gradients_in_local_variables(string update) => LoopTest.FileAsync(Tensors + $$"""
        sealed class Options { public float WeightDecay = 0.1f, Rate = 0.1f; }

        sealed class Optimizer
        {
            private readonly Parameter[] _parameters = [new()];
            private readonly Matrix[] M = [new()], V = [new()], _velocities = [new()], _cache = [new()], _last = [new()];
            private Matrix _meanGradient = new(), _varianceGradient = new();
            private readonly float LearningRate = 0.1f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f, _weightDecay = 0.1f;
            private readonly int _batchSize = 4;
            private readonly Options _options = new();
            private readonly Arithmetic _arithmetic = new();

            public void Step()
            {
                for (int i = 0; i < _parameters.Length; i++)
                {
                    Parameter p = _parameters[i];
                    {{update}}
                }
            }
        }
        """);

    [Fact]
    public Task Layers_that_take_their_gradients_as_arguments() => LoopTest.FileAsync(Tensors + """
        sealed class Layer
        {
            private Matrix _weights = new(), _biases = new();
            private Matrix PreviousDeltas { get; set; } = new();
            private readonly double LearningRate = 0.1, Momentum = 0.9;

            public void ApplyGradientsWithMomentum(Matrix weightGradients, Matrix biasGradients)
            {
                var prev = PreviousDeltas;
                if (prev is null) prev = new Matrix();
                var ratedGradW = weightGradients.Multiply(LearningRate);
                var velocityW = prev.Multiply(Momentum) + ratedGradW;
                var ratedGradB = biasGradients.Multiply(LearningRate);
                _weights.SubtractInPlace(velocityW);
                _biases.SubtractInPlace(ratedGradB);
                PreviousDeltas = velocityW;
            }
        }
        """);

    [Theory]
    [InlineData("Matrix grad = x.Transpose().Dot(error); {|CLIP101:_weights -= rate * grad|};")]
    [InlineData("""
        Matrix gradOut = output - y;
        Matrix gradW = x.Transpose().Dot(gradOut);
        {|CLIP101:_weights -= rate * gradW|};
        """)]
    [InlineData("""
        Matrix gradOut = output - y;
        Matrix gradW = _arithmetic.Outer(gradOut, x);
        {|CLIP101:_weights -= rate * gradW|};
        """)]
    [InlineData("""
        Matrix gradOut = output - y;
        Matrix gradW = gradOut * Functions.Derivative(output);
        {|CLIP101:_weights -= rate * gradW|};
        """)]
    [InlineData("Matrix gradW = _layer.Gradient.Dot(_layer.Input); {|CLIP101:_weights -= rate * gradW|};")]
    [InlineData("Matrix gradW = LossGradient(error); {|CLIP101:_weights -= rate * gradW|};")]
    [InlineData("""
        Matrix gradOut = output - y;
        Matrix scaled = rate * gradOut;
        Matrix gradW = scaled.Dot(x);
        {|CLIP101:_weights -= gradW * x|};
        """)]
    [InlineData("Matrix gradW = error.Dot(_lastInput); {|CLIP101:_weights -= rate * gradW|};")]
    [InlineData("""
        Matrix gradOut = output - y;
        Matrix gradW = gradOut.Dot(_cachedX);
        {|CLIP101:_weights -= rate * gradW|};
        """)]
    [InlineData("""
        double[] grads = new double[4];
        for (int i = 0; i < 4; i++) grads[i] = error[i] * x[i];
        for (int i = 0; i < 4; i++) {|CLIP101:_biases[i] -= rate * grads[i]|};
        """)]
    [InlineData("""
        double[] grads = new double[4];
        for (int i = 0; i < 4; i++) { double d = 1 - output[i]; grads[i] = _layer.Gradient[i] * d; }
        for (int i = 0; i < 4; i++) {|CLIP101:_biases[i] -= rate * grads[i]|};
        """)]
    [InlineData("""
        double[] grads = new double[4];
        for (int i = 0; i < 4; i++) grads[i] = error[i] * x[i];
        for (int i = 0; i < 4; i++) grads[i] = grads[i] / 4;
        for (int i = 0; i < 4; i++) {|CLIP101:_biases[i] -= rate * grads[i]|};
        """)]
    [InlineData("""
        Matrix gradW = x.Dot(error);
        Matrix ratedGradW = gradW.Multiply(rate);
        {|CLIP101:_weights.SubtractInPlace(ratedGradW)|};
        """)]
    public Task Backward_passes_into_local_variables(string statements) => LoopTest.FileAsync(Tensors + $$"""
        sealed class Layer { public Matrix Gradient = new(), Input = new(); }

        sealed class Mlp
        {
            private Matrix _weights = new(), _lastInput = new(), _cachedX = new();
            private readonly double[] _biases = new double[4];
            private readonly Layer _layer = new();
            private readonly Arithmetic _arithmetic = new();

            private Matrix LossGradient(Matrix error) => error.Dot(_layer.Input);

            void Train(List<Matrix> inputs, Matrix y, double rate, double learningRate)
            {
                foreach (Matrix x in inputs)
                {
                    Matrix output = x.Dot(_weights);
                    Matrix error = output - y;
                    {{statements.Replace("rate", "learningRate", StringComparison.Ordinal)}}
                }
            }
        }
        """);

    [Fact]
    public Task Operations_of_a_tensor_that_derive_what_the_optimizer_computes() => LoopTest.FileAsync("""
        sealed class Node
        {
            public static readonly Node One = new();
            public float[] Data = new float[4];
            public Node? Gradient;
            public bool RequiresGrad;
            public static Node operator *(float a, Node b) => b;
            public static Node operator /(Node a, Node b) => a;
            public static Node operator +(Node a, Node b) => a;
            public Node Clone() => new() { RequiresGrad = RequiresGrad, Gradient = Gradient?.Clone() };

            public static Node Divide(Node a, Node b)
            {
                var result = new Node();
                if (a.RequiresGrad)
                    result.Gradient = a.Gradient!.Clone();
                return result;
            }

            public static Node Sqrt(Node a)
            {
                var result = new Node();
                if (a.RequiresGrad)
                {
                    Node root = Sqrt(a.Gradient!);
                    Node denominator = 2f * root;
                    result.Gradient = Divide(One, denominator);
                }

                return result;
            }
        }

        sealed class Adam(Node[] parameters, float learningRate)
        {
            private readonly Node[] M = new Node[1], V = new Node[1];

            public void Step()
            {
                for (int i = 0; i < parameters.Length; i++)
                {
                    M[i] = 0.9f * M[i] + 0.1f * parameters[i].Gradient!;
                    Node mHat = 2f * M[i];
                    Node delta = Node.Divide(learningRate * mHat, Node.Sqrt(V[i]));
                    for (int j = 0; j < 4; j++) parameters[i].Data[j] -= delta.Data[j];
                }
            }
        }
        """);

    [Fact]
    public Task Backward_pass_that_returns_its_gradients_in_an_object() => LoopTest.FileAsync(Tensors + """
        sealed class Gradients
        {
            public Matrix GradW = new();
        }

        sealed class Mlp
        {
            private Matrix _weights = new();

            private Gradients Derive(Matrix x, Matrix y) => new() { GradW = x.Transpose().Dot(x.Dot(_weights) - y) };

            void Train(List<Matrix> inputs, Matrix y, double learningRate)
            {
                foreach (Matrix x in inputs)
                {
                    Gradients found = Derive(x, y);
                    {|CLIP101:_weights -= learningRate * found.GradW|};
                }
            }

            void TrainOnAll(List<Matrix> inputs, Matrix y, double learningRate)
            {
                foreach (Matrix x in inputs)
                {
                    var found = new Gradients();
                    found.GradW = x.Transpose().Dot(x.Dot(_weights) - y);
                    {|CLIP101:_weights -= learningRate * found.GradW|};
                }
            }
        }
        """);

    [Fact]
    public Task Training_that_uses_such_an_optimizer() => LoopTest.FileAsync(Tensors + """
        sealed class Network
        {
            public readonly List<Parameter> Parameters = [];
            public void Backward(Matrix error) { foreach (var p in Parameters) p.Grad += p.Data * error; }
        }

        sealed class Sgd(List<Parameter> parameters)
        {
            private readonly float learningRate = 0.1f;

            public void Step()
            {
                foreach (var p in parameters)
                {
                    Matrix ratedGrad = learningRate * p.Grad;
                    p.Data -= ratedGrad;
                }
            }
        }

        static class Trainer
        {
            static void Train(Network network, Sgd optimizer, List<Matrix> errors)
            {
                foreach (var error in errors)
                {
                    network.Backward(error);
                    {|CLIP101:optimizer.Step()|};
                }
            }
        }
        """);

    [Fact]
    public Task Decay_in_a_hook_is_no_backward_pass_and_a_product_with_an_error_is() => LoopTest.FileAsync("""
        sealed class Parameter { public float[] Data = new float[4], Grad = new float[4]; }

        sealed class Decay(float rate)
        {
            public void Run(List<Parameter> parameters)
            {
                foreach (var p in parameters)
                    for (int i = 0; i < 4; i++) p.Grad[i] += rate * p.Data[i];
            }
        }

        sealed class Sgd(List<Parameter> parameters, float learningRate)
        {
            private readonly List<Decay> _hooks = [new Decay(0.1f)];

            public void Update()
            {
                foreach (var hook in _hooks) hook.Run(parameters);
                foreach (var p in parameters)
                    for (int i = 0; i < 4; i++) p.Data[i] -= learningRate * p.Grad[i];
            }
        }

        sealed class Mlp
        {
            private readonly List<Parameter> _parameters = [];

            public void Derive(float[] errors)
            {
                foreach (var p in _parameters)
                    for (int i = 0; i < 4; i++) p.Grad[i] += errors[i] * p.Data[i];
            }

            void Train(List<float[]> all, float learningRate)
            {
                foreach (var errors in all)
                {
                    Derive(errors);
                    foreach (var p in _parameters)
                        for (int i = 0; i < 4; i++) {|CLIP101:p.Data[i] -= learningRate * p.Grad[i]|};
                }
            }
        }
        """);
}
