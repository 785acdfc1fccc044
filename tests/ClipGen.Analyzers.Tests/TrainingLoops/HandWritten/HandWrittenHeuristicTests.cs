namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>The evidence that a program without attributes trains a network, and the counter-evidence.</summary>
public sealed class HandWrittenHeuristicTests
{
    /// <summary>A layer that accumulates gradients in buffers and applies them in another call.</summary>
    private const string Layer = """
        class Layer
        {
            public double[] weights = new double[8];
            public double[] costGradientW = new double[8];

            public void UpdateGradients(double[] values) { for (int i = 0; i < 8; i++) costGradientW[i] += values[i]; }

            public void ApplyGradients(double learnRate)
            {
                for (int i = 0; i < 8; i++)
                {
                    weights[i] -= costGradientW[i] * learnRate;
                    costGradientW[i] = 0;
                }
            }
        }


        """;

    [Theory]
    [InlineData("Clip(outputs, eps, 1 - eps)", true)]
    [InlineData("Clip(outputs, 1e-7, 1 - 1e-7)", true)]
    [InlineData("Clip(outputs, 0, 1)", true)]
    [InlineData("Clip(outputs, -1, 1)", false)]
    [InlineData("Clip(outputs, 1, 2)", false)]
    [InlineData("Clip(outputs, -eps, eps)", false)]
    public Task A_clip_to_a_range_of_probabilities_is_none_of_gradients(string call, bool isReported) => LoopTest.FileAsync(Layer + $$"""
        class Network
        {
            private readonly Layer[] layers = { new() };

            public void Learn(double[] point, double learnRate, double eps)
            {
                foreach (var layer in layers)
                    layer.UpdateGradients(point);
                double[] outputs = point;
                {{call}};
                foreach (var layer in layers)
                    {{(isReported ? "{|CLIP101:layer.ApplyGradients(learnRate)|}" : "layer.ApplyGradients(learnRate)")}};
            }

            private static void Clip(double[] values, double lower, double upper) { }
        }
        """);

    [Fact]
    public Task Gradients_of_a_batch_collected_in_parallel() => LoopTest.FileAsync(Layer + """
        class Network
        {
            private readonly Layer[] layers = { new() };

            public void Learn(double[][] batch, double learnRate)
            {
                Parallel.For(0, batch.Length, i => UpdateGradients(batch[i]));
                for (int i = 0; i < layers.Length; i++)
                    {|CLIP101:layers[i].ApplyGradients(learnRate / batch.Length)|};
            }

            public void LearnOne(double[] point, double learnRate)
            {
                UpdateAllGradients(point);
                {|CLIP101:ApplyAllGradients(learnRate)|};
            }

            private void UpdateGradients(double[] point)
            {
                foreach (var layer in layers)
                    layer.UpdateGradients(point);
            }

            private void UpdateAllGradients(double[] point) => UpdateGradients(point);

            private void ApplyAllGradients(double learnRate)
            {
                foreach (var layer in layers)
                    layer.ApplyGradients(learnRate);
            }
        }
        """);

    [Theory]
    [InlineData("network.Backward(error); network.ClipGradients(1); network.UpdateWeights(0.1);")]
    [InlineData("network.Backward(error); {|CLIP101:network.UpdateWeights(0.1)|};")]
    [InlineData("network.ClipInside(error); network.UpdateWeights(0.1);")]
    public Task Network_that_can_clip_and_a_loop_that_does_not_ask_it_to(string statements) => LoopTest.FileAsync($$"""
        class Network
        {
            private readonly double[] _weights = new double[8];
            private readonly double[] _weightGradients = new double[8];

            public void Backward(double[] error) { for (int i = 0; i < 8; i++) _weightGradients[i] += error[i]; }

            public void ClipGradients(double limit)
            {
                for (int i = 0; i < 8; i++) _weightGradients[i] = Math.Clamp(_weightGradients[i], -limit, limit);
            }

            public void UpdateWeights(double rate) { for (int i = 0; i < 8; i++) _weights[i] -= rate * _weightGradients[i]; }
        }

        static class Steps
        {
            public static void ClipInside(this Network network, double[] error)
            {
                network.Backward(error);
                network.ClipGradients(1);
            }
        }

        class Trainer
        {
            void Train(Network network, List<double[]> errors)
            {
                foreach (double[] error in errors)
                {
                    {{statements}}
                }
            }
        }
        """);

    [Theory]
    [InlineData("CalculateGradNormalized", true)]
    [InlineData("NormalizeGrad", false)]
    [InlineData("CutGradient", false)]
    [InlineData("ExecuteGradient", true)]
    public Task Gradient_of_normalized_values_is_no_clip(string name, bool isReported)
    {
        const string Update = "_weights[i] -= 0.1f * _weightGradients[i]";
        return LoopTest.FileAsync($$"""
        class Trainer
        {
            private readonly float[] _weights = new float[8];
            private readonly float[] _weightGradients = new float[8];

            void TrainStep(float[] error)
            {
                for (int i = 0; i < 8; i++) _weightGradients[i] = error[i] * _weights[i];
                Normalization.{{name}}(_weightGradients);
                for (int i = 0; i < 8; i++) {{(isReported ? $"{{|CLIP101:{Update}|}}" : Update)}};
            }
        }

        static class Normalization
        {
            public static void {{name}}(float[] values) { for (int i = 0; i < 8; i++) values[i] *= 2; }
        }
        """);
    }

    [Theory]
    [InlineData("ForwardBackward", "ApplyAdam")]
    [InlineData("gpt_backward", "gpt_update")]
    [InlineData("BackPropogate", "AdjustWeights")]
    [InlineData("CalculateLayerGradients", "UpdateWeightsAndBiases")]
    [InlineData("CalculateDeltas", "CorrectWeights")]
    [InlineData("PropagateErrorBackwards", "ApplyWeightDeltas")]
    [InlineData("ComputeDerivatives", "TuneParameters")]
    [InlineData("PropagateBack", "ApplyCorrections")]
    [InlineData("RunBackwardPass", "AdamUpdate")]
    [InlineData("BackPropagate", "IncorporateGradients")]
    [InlineData("BackPropagate", "ApplyDerivativeErrors")]
    [InlineData("BackPropagate", "TakeGradientDescentStep")]
    public Task Names_of_the_two_halves(string backward, string update) => LoopTest.FileAsync($$"""
        class Trainer
        {
            private readonly float[] _weights = new float[8];
            private readonly float[] _weightGradients = new float[8];

            void TrainStep(float[] error)
            {
                {{backward}}(error);
                {|CLIP101:{{update}}()|};
            }

            void {{backward}}(float[] error) { for (int i = 0; i < 8; i++) _weightGradients[i] = error[i]; }
            void {{update}}() { for (int i = 0; i < 8; i++) _weights[i] -= 0.1f * _weightGradients[i]; }
        }
        """);

    [Theory]
    [InlineData("UpdateGradientBrush", "UpdateWeights")]
    [InlineData("StepBackwards", "UpdateWeights")]
    [InlineData("MoveBackward", "UpdateWeights")]
    [InlineData("PropagateSoundBack", "UpdateWeights")]
    [InlineData("UpdateDelta", "UpdateWeights")]
    [InlineData("PropagateBackwardReferences", "ApplyGradients")]
    public Task Names_that_are_about_something_else(string backward, string update) => LoopTest.FileAsync($$"""
        class Trainer
        {
            private readonly float[] _weights = new float[8];
            private readonly float[] _weightGradients = new float[8];

            void Frame(float[] error)
            {
                {{backward}}(error);
                {{update}}();
            }

            void {{backward}}(float[] error) { for (int i = 0; i < 8; i++) _weightGradients[i] = error[i]; }
            void {{update}}() { for (int i = 0; i < 8; i++) _weights[i] -= 0.1f * _weightGradients[i]; }
        }
        """);

    [Theory]
    [InlineData("UpdateTargetWeights", "_weights[i] = 0.9f * _weights[i] + 0.1f * _source[i]")]
    [InlineData("UpdateBatchParameters", "_weights[i] = _source[i]")]
    public Task Updates_of_weights_by_something_else(string update, string assignment) => LoopTest.FileAsync($$"""
        class Trainer
        {
            private readonly float[] _weights = new float[8];
            private readonly float[] _source = new float[8];
            private readonly float[] _weightGradients = new float[8];

            void Frame(float[] error)
            {
                Backward(error);
                {{update}}();
            }

            void Backward(float[] error) { for (int i = 0; i < 8; i++) _weightGradients[i] = error[i]; }
            void {{update}}() { for (int i = 0; i < 8; i++) {{assignment}}; }
        }
        """);

    [Fact]
    public Task Names_of_methods_alone_are_no_buffers() => LoopTest.FileAsync("""
        class Terrain
        {
            private readonly float[] _heights = new float[8];
            private readonly float[] _slopes = new float[8];
            private readonly float[] _weights = new float[8];

            void Rebuild()
            {
                ComputeGradients();
                UpdateWeights();
            }

            void ComputeGradients() { for (int i = 1; i < 8; i++) _slopes[i] = _heights[i] - _heights[i - 1]; }
            void UpdateWeights() { for (int i = 0; i < 8; i++) _weights[i] -= _slopes[i]; }
        }
        """);

    [Fact]
    public Task A_backward_pass_that_updates_on_its_way_leaves_no_gradients() => LoopTest.FileAsync("""
        class Neuron
        {
            private readonly double[] _weights = new double[8];
            private double _gradient;
            public void Backward(double error) => _gradient = error;
            public void UpdateWeights(double rate) { for (int i = 0; i < 8; i++) _weights[i] -= rate * _gradient; }
        }

        class Network
        {
            private readonly List<Neuron> _hidden = new();

            void Train(List<double> errors)
            {
                foreach (var error in errors)
                    BackPropagate(error);
            }

            // Here, between the two, is where a clip belongs.
            void BackPropagate(double error)
            {
                _hidden.ForEach(h => h.Backward(error));
                _hidden.ForEach(h => {|CLIP101:h.UpdateWeights(0.1)|});
            }

            void TrainOnline(List<double> errors)
            {
                foreach (var error in errors)
                    BackPropagateOnline(error);
            }

            void BackPropagateOnline(double gradient)
            {
                foreach (var neuron in _hidden)
                    neuron.UpdateWeights(gradient);
            }
        }
        """);

    private const string Optimizer = """
        class Value
        {
            public double data, grad;
            public void Backward() => grad = Numbers.Limit(1);
        }

        static class Numbers
        {
            public static double Limit(double x) => x;
            public static double Clamp(double x) => Math.Clamp(x, 0, 1);
        }

        class Optimizer(List<Value> parameters)
        {
            public virtual void Step() { foreach (var p in parameters) p.data -= 0.1 * p.grad; }
        }


        """;

    [Fact]
    public Task Clamps_elsewhere_in_the_program_are_about_something_else() => LoopTest.FileAsync(Optimizer + """
        class Game
        {
            private double _speed;

            void Train(Optimizer optimizer, Value loss)
            {
                loss.Backward();
                {|CLIP101:optimizer.Step()|};
            }

            void Drive(double force) => _speed = Math.Clamp(_speed + force, 0, 10);
        }
        """);

    [Fact]
    public Task Clamps_in_code_that_the_step_calls_prevent_a_report() => LoopTest.FileAsync(Optimizer + """
        class Dense
        {
            private readonly double[] _weights = new double[8];
            private readonly double[] _gradients = new double[8];
            private readonly Func<double, double> _stepClipping = Math.Tanh;
            public void Backward(double error) => _gradients[0] = error;
            public void UpdateWeights(double rate) { for (int i = 0; i < 8; i++) _weights[i] -= rate * _stepClipping(_gradients[i]); }
        }

        class AutoEncoder
        {
            private readonly List<Dense> _layers = new();
            public double[] LastGradient = new double[8];
            public void Backpropagate(double error) { foreach (var layer in _layers) layer.Backward(error); }
            public void UpdateWeights(double rate) { foreach (var layer in _layers) layer.UpdateWeights(rate); }
        }

        class Trainer
        {
            void TrainNext(AutoEncoder model, double error)
            {
                model.Backpropagate(error);
                model.UpdateWeights(0.1);
            }
        }
        """);

    [Fact]
    public Task One_of_many_overrides_that_clips_prevents_a_report() =>
        LoopTest.FileAsync(Optimizer + string.Concat(Enumerable.Range(0, 10).Select(i => $$"""
        class Optimizer{{i}}(List<Value> parameters) : Optimizer(parameters)
        {
            public override void Step() { {{(i == 9 ? "double clip = 1;" : "")}} base.Step(); }
        }

        """)) + """
        class Trainer
        {
            void Train(Optimizer optimizer, Value loss)
            {
                loss.Backward();
                optimizer.Step();
            }
        }
        """);

    [Fact]
    public Task A_framework_base_class_does_not_hide_the_program() => LoopTest.FileAsync(Optimizer + """
        class Behavior : System.ComponentModel.Component
        {
            private readonly Optimizer _optimizer = new(new());
            private readonly Value _loss = new();

            void Update()
            {
                _loss.Backward();
                {|CLIP101:_optimizer.Step()|};
            }
        }
        """);

    [Theory]
    [InlineData("SoftmaxGradient", true)]
    [InlineData("MergeMinMaxGradient", true)]
    [InlineData("ArgMaxGrad", true)]
    [InlineData("LimitByMaxGradient", false)]
    [InlineData("maxGrad", false)]
    public Task Largest_gradients_and_gradients_of_a_maximum(string method, bool isReported) => LoopTest.FileAsync(Layer + $$"""
        static class Losses
        {
            public static double {{method}}(double x) => x;
        }

        class Trainer
        {
            void Train(Layer layer, List<double[]> examples)
            {
                foreach (double[] x in examples)
                {
                    layer.UpdateGradients([Losses.{{method}}(x[0]), x[1]]);
                    {{(isReported ? "{|CLIP101:layer.ApplyGradients(0.1)|};" : "layer.ApplyGradients(0.1);")}}
                }
            }
        }
        """);

    // What an extension method extends is the framework's, but the method is in view.
    [Theory]
    [InlineData("this IEnumerable<Layer> layers", "layers")]
    [InlineData("this List<Layer> layers", "layers")]
    public Task Extension_methods_of_lists_of_layers(string parameter, string name) => LoopTest.FileAsync($$"""
        sealed class Layer { public readonly double[] Weights = new double[4], Deltas = new double[4]; }

        static class Learning
        {
            public static void ProcessDeltas({{parameter}}, double[] errors)
            {
                foreach (Layer layer in {{name}})
                {
                    for (int i = 0; i < 4; i++)
                        layer.Deltas[i] += errors[i] * layer.Weights[i];
                }
            }

            public static void UpdateWeights({{parameter}}, double learningRate)
            {
                foreach (Layer layer in {{name}})
                {
                    for (int i = 0; i < 4; i++)
                        layer.Weights[i] -= learningRate * layer.Deltas[i];
                }
            }
        }

        sealed class Network
        {
            private readonly List<Layer> layers = [new(), new()];

            public void Train(double[][] samples, double learningRate)
            {
                foreach (double[] sample in samples)
                {
                    layers.ProcessDeltas(sample);
                    {|CLIP101:layers.UpdateWeights(learningRate)|};
                }
            }
        }

        """);
}
