namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Networks without TorchSharp, recognized by an attribute, by an option, or by several signs together.</summary>
public sealed class HandWrittenTests
{
    private const string Annotated = """
        [ClipGradNorm(1.0)]
        class Model : IClippable
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[8];
            private readonly float[] _dW = new float[8];

            public ClipResult ClipGradients() => default;
            public void ZeroGradients() => Array.Clear(_dW);

            public void Backward(float[] error)
            {
                for (int i = 0; i < _dW.Length; i++)
                    _dW[i] += error[i];
            }

            public void Accumulate(float[] error)
            {
                for (int i = 0; i < _dW.Length; i++)
                    _dW[i] += error[i];
            }

            public void Descend(float rate)
            {
                for (int i = 0; i < _w.Length; i++)
                    _w[i] -= rate * _dW[i];
            }

            public void DescendClipped(float rate, float clipFactor)
            {
                for (int i = 0; i < _w.Length; i++)
                    _w[i] -= rate * clipFactor * _dW[i];
            }
        }


        """;

    private const string PlainOptimizer = """
        class Layer
        {
            public readonly float[] Weights = new float[8];
            public readonly float[] WeightGradients = new float[8];
            public void Backward(float[] error) { for (int i = 0; i < 8; i++) WeightGradients[i] += error[i]; }
        }

        class SgdOptimizer(float rate)
        {
            public void Step(Layer layer) { for (int i = 0; i < 8; i++) layer.Weights[i] -= rate * layer.WeightGradients[i]; }
        }


        """;

    [Fact]
    public Task Declared_model_and_its_own_update() => LoopTest.FileAsync(Annotated + """
        class Trainer
        {
            void Unclipped(Model model, float[] error)
            {
                model.ZeroGradients();
                model.Backward(error);
                {|CLIP101:model.Descend(0.1f)|};
            }

            void Clipped(Model model, float[] error)
            {
                model.ZeroGradients();
                model.Backward(error);
                model.ClipGradients();
                model.Descend(0.1f);
            }

            void ByItsBuffers(Model model, float[] error)
            {
                model.Accumulate(error);
                {|CLIP101:model.Descend(0.1f)|};
            }

            void Folded(Model model, float[] error)
            {
                model.Accumulate(error);
                model.DescendClipped(0.1f, 0.5f);
            }

            void Late(Model model, float[] error)
            {
                model.Backward(error);
                model.Descend(0.1f);
                {|CLIP102:model.ClipGradients()|};
            }

            void Reset(Model model, float[] error)
            {
                model.Backward(error);
                model.ClipGradients();
                {|CLIP104:model.ZeroGradients()|};
                model.Descend(0.1f);
            }
        }
        """);

    [Fact]
    public Task Optimizer_beside_a_backward_pass() => LoopTest.FileAsync(PlainOptimizer + """
        class Trainer
        {
            void Train(Layer layer, List<float[]> errors)
            {
                var optimizer = new SgdOptimizer(0.1f);
                foreach (var error in errors)
                {
                    layer.Backward(error);
                    {|CLIP101:optimizer.Step(layer)|};
                }
            }
        }
        """);

    [Fact]
    public Task Any_word_of_clipping_prevents_a_report() =>
        LoopTest.FileAsync(PlainOptimizer.Replace("layer.Weights[i] -=", "layer.Weights[i] -= ClipValue *")
        .Replace("class SgdOptimizer(float rate)\n{", "class SgdOptimizer(float rate)\n{\n    private const float ClipValue = 0.5f;") + """
        class Trainer
        {
            void Train(Layer layer, float[] error)
            {
                layer.Backward(error);
                new SgdOptimizer(0.1f).Step(layer);
            }
        }
        """);

    [Fact]
    public Task Clip_and_optimize_over_layers() => LoopTest.FileAsync(PlainOptimizer + """
        class Trainer
        {
            private readonly SgdOptimizer _optimizer = new(0.1f);

            void Train(List<Layer> layers, float[] error)
            {
                foreach (var layer in layers)
                    layer.Backward(error);
                ApplyGradients(layers);
            }

            void ApplyGradients(List<Layer> layers)
            {
                Clip(layers);
                Optimize(layers);
            }

            void Clip(List<Layer> layers) =>
                Parallel.ForEach(layers, layer => { for (int i = 0; i < 8; i++) layer.WeightGradients[i] *= 0.5f; });

            void Optimize(List<Layer> layers)
            {
                foreach (var layer in layers)
                    _optimizer.Step(layer);
            }
        }
        """);

    [Fact]
    public Task Names_without_gradients_are_no_training() => LoopTest.FileAsync("""
        class Robot { public void Backward(float distance) { } public void UpdateWeights() { } }

        class RouteOptimizer { public void Step() { } public void Update() { } }

        class Drive
        {
            void Run(Robot robot, RouteOptimizer optimizer)
            {
                for (int i = 0; i < 10; i++)
                {
                    robot.Backward(1);
                    optimizer.Step();
                    optimizer.Update();
                    robot.UpdateWeights();
                }
            }
        }
        """);

    [Fact]
    public Task Attributes_declare_the_roles_of_a_framework() => LoopTest.FileAsync("""
        interface IEngine
        {
            [BackwardPass] void Differentiate();
            [GradientClipping] void Bound();
            [OptimizerStep] void Advance();
            [GradientReset] void Forget();
        }

        class Engine : IEngine
        {
            public void Differentiate() { }
            public void Bound() { }
            public void Advance() { }
            public void Forget() { }
        }

        class Trainer
        {
            void Unclipped(IEngine engine)
            {
                engine.Forget();
                engine.Differentiate();
                {|CLIP101:engine.Advance()|};
            }

            void Clipped(Engine engine)
            {
                engine.Forget();
                engine.Differentiate();
                engine.Bound();
                engine.Advance();
            }

            void Reset(Engine engine)
            {
                engine.Differentiate();
                engine.Bound();
                {|CLIP104:engine.Forget()|};
                engine.Advance();
            }
        }
        """);

    [Fact]
    public Task Options_declare_the_roles_of_a_framework() => LoopTest.FileAsync(
        """
        class Engine
        {
            public void Differentiate(int first, int second) { }
            public void Bound() { }
            public void Advance() { }
        }

        class Trainer
        {
            void Unclipped(Engine engine)
            {
                engine.Differentiate(1, 2);
                {|CLIP101:engine.Advance()|};
            }

            void Clipped(Engine engine)
            {
                engine.Differentiate(1, 2);
                engine.Bound();
                engine.Advance();
            }
        }
        """,
        ("clipgen.backward_methods", "M:Engine.Differentiate(System.Int32,System.Int32), Other.Backward"),
        ("clipgen.clip_methods", "Engine.Bound"),
        ("clipgen.step_methods", "M:Engine.Advance"),
        ("clipgen.reset_methods", ""));

    [Fact]
    public Task Without_the_options_the_same_code_has_no_diagnostics() => LoopTest.FileAsync("""
        class Engine
        {
            public void Differentiate(int first, int second) { }
            public void Advance() { }
        }

        class Trainer
        {
            void Unclipped(Engine engine)
            {
                engine.Differentiate(1, 2);
                engine.Advance();
            }
        }
        """);

    [Fact]
    public Task Cell_step_of_a_recurrent_network() => LoopTest.FileAsync("""
        class LstmCell
        {
            public readonly float[] DWeights = new float[4];
            public float[] Step(float[] x, float[] h) => x;
            public void Backward(float[] error) { for (int i = 0; i < 4; i++) DWeights[i] += error[i]; }
        }

        class Network
        {
            void Run(LstmCell cell, float[] x)
            {
                cell.Backward(x);
                var h = cell.Step(x, x);
            }
        }
        """);

    private const string Overloads = """
        namespace Frames
        {
            public class Engine<T>
            {
                public void Run(int count) { }
                public void Run(List<T> items, int[] sizes) { }
                public void Advance() { }
            }
        }

        class Trainer
        {
            void One(Frames.Engine<int> engine)
            {
                engine.Run(1);
                ONE;
            }

            void Many(Frames.Engine<int> engine)
            {
                engine.Run(new List<int>(), new[] { 1 });
                MANY;
            }
        }
        """;

    [Theory]
    [InlineData("M:Frames.Engine`1.Run(System.Int32)", true, false)]
    [InlineData("M:Frames.Engine`1.Run(System.Collections.Generic.List{`0},System.Int32[])", false, true)]
    [InlineData("M:Frames.Engine`1.Run(System.Int32), M:Frames.Engine`1.Run(System.Collections.Generic.List{`0},System.Int32[])", true,
        true)]
    [InlineData("M:Frames.Engine`1.Run", true, true)]
    [InlineData("Engine.Run", true, true)]
    [InlineData("Nothing.Run, Engine.Run ,, ", true, true)]
    [InlineData("Other.Run", false, false)]
    [InlineData("M:Frames.Engine`1.Walk", false, false)]
    [InlineData("M:Engine.Run(System.Int32", false, false)]
    [InlineData(",", false, false)]
    public Task Options_name_methods_and_overloads(string entry, bool one, bool many) => LoopTest.FileAsync(
        Overloads.Replace("ONE", Step(one)).Replace("MANY", Step(many)),
        ("clipgen.backward_methods", entry),
        ("clipgen.step_methods", "Engine.Advance"));

    private static string Step(bool isReported) => isReported ? "{|CLIP101:engine.Advance()|}" : "engine.Advance()";
}
