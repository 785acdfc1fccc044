namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Calls of <c>Gradients</c> clip their arguments.</summary>
public sealed class GradientsCallTests
{
    private const string Network = """
        class Network
        {
            public readonly float[] Weights = new float[8];
            public readonly float[] WeightGradients = new float[8];
            public readonly double[,] Bias = new double[2, 2];
            public readonly double[,] BiasGradients = new double[2, 2];

            public void Backward(float[] error)
            {
                for (int i = 0; i < 8; i++)
                    WeightGradients[i] += error[i];
                BiasGradients[0, 0] += error[0];
            }

            public void UpdateWeights(float rate)
            {
                for (int i = 0; i < 8; i++)
                    Weights[i] -= rate * WeightGradients[i];
                Bias[0, 0] -= rate * BiasGradients[0, 0];
            }
        }


        """;

    [Fact]
    public Task Hand_written_loops_that_call_it() => LoopTest.FileAsync(Network + """
        class Trainer
        {
            void Plain(Network network, List<float[]> errors)
            {
                foreach (var error in errors)
                {
                    network.Backward(error);
                    {|CLIP101:network.UpdateWeights(0.1f)|};
                }
            }
        }

        class BoundedTrainer
        {
            void Usual(Network network, List<float[]> errors)
            {
                foreach (var error in errors)
                {
                    network.Backward(error);
                    Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients);
                    network.UpdateWeights(0.1f);
                }
            }

            void ByValue(Network network, float[] error)
            {
                network.Backward(error);
                var result = Gradients.ClipValue(1.0, network.WeightGradients.AsSpan(), network.BiasGradients);
                network.UpdateWeights(0.1f);
            }

            void Late(Network network, List<float[]> errors)
            {
                foreach (var error in errors)
                {
                    network.Backward(error);
                    network.UpdateWeights(0.1f);
                    {|CLIP102:Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients)|};
                }
            }

            void Early(Network network, float[] error)
            {
                {|CLIP103:Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients)|};
                network.Backward(error);
                network.UpdateWeights(0.1f);
            }

            void OncePerEpoch(Network network, List<float[]> errors)
            {
                for (int epoch = 0; epoch < 10; epoch++)
                {
                    foreach (var error in errors)
                    {
                        network.Backward(error);
                        network.UpdateWeights(0.1f);
                    }

                    {|CLIP111:Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients)|};
                }
            }

            void SomeTimes(Network network, List<float[]> errors)
            {
                for (int i = 0; i < errors.Count; i++)
                {
                    network.Backward(errors[i]);
                    if (i % 2 == 0)
                        Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients);
                    {|CLIP112:network.UpdateWeights(0.1f)|};
                }
            }
        }
        """);

    [Fact]
    public Task Through_helpers() => LoopTest.FileAsync(Network + """
        class Trainer
        {
            void Train(Network network, List<float[]> errors)
            {
                foreach (var error in errors)
                {
                    network.Backward(error);
                    Bound(network);
                    network.UpdateWeights(0.1f);
                }
            }

            static void Bound(Network network) => Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients);
        }
        """);

    [Fact]
    public Task A_call_that_no_loop_reaches_prevents_a_report() => LoopTest.FileAsync(Network + """
        class Trainer
        {
            public Action<Network> OnGradients = network => Gradients.ClipNorm(1.0, network.WeightGradients, network.BiasGradients);

            void Train(Network network, float[] error)
            {
                network.Backward(error);
                network.UpdateWeights(0.1f);
            }
        }
        """);

    [Fact]
    public Task Reading_the_norm_clips_nothing() => LoopTest.FileAsync("""
        class Engine
        {
            public readonly float[] Slopes = new float[4];
            [BackwardPass] public void Run() { }
            [OptimizerStep] public void Advance() { }
        }

        class Trainer
        {
            void Train(Engine engine)
            {
                engine.Run();
                double norm = Gradients.Norm(engine.Slopes);
                {|CLIP101:engine.Advance()|};
            }

            void Clipped(Engine engine)
            {
                engine.Run();
                ClipGen.Gradients.ClipNorm(1.0, engine.Slopes);
                engine.Advance();
            }
        }
        """);

    [Fact]
    public Task Models_and_sources() => LoopTest.FileAsync("""
        [ClipGradNorm(1.0)]
        class Model : IClippable, IGradientSource
        {
            [Gradient] public readonly float[] DW = new float[8];
            public ClipResult ClipGradients() => default;
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
            [BackwardPass] public void Backward() { }
            [OptimizerStep] public void Step() { }
        }

        class Trainer
        {
            private readonly Model _generator = new(), _critic = new();

            void Declared(Model model)
            {
                model.Backward();
                Gradients.Clip(model);
                model.Step();
            }

            void ByAnotherType(object known, Model model)
            {
                model.Backward();
                Gradients.Clip(known);
                model.Step();
            }

            void WithALimit(Model model)
            {
                model.Backward();
                Gradients.ClipNorm(1.0, model);
                model.Step();
            }

            void Late(Model model)
            {
                model.Backward();
                model.Step();
                {|CLIP102:Gradients.Clip(model)|};
            }

            void ItsBuffers()
            {
                _critic.Backward();
                Gradients.ClipNorm(1.0, _critic.DW);
                _critic.Step();
            }

            void BuffersOfAnother()
            {
                _critic.Backward();
                {|CLIP106:Gradients.ClipNorm(1.0, _generator.DW)|};
                _critic.Step();
            }

            void AnotherModel()
            {
                _critic.Backward();
                {|CLIP106:Gradients.Clip(_generator)|};
                _critic.Step();
            }

            void LocalBuffers(float[] dW)
            {
                _critic.Backward();
                Gradients.ClipNorm(1.0, dW);
                _critic.Step();
            }
        }
        """);
}
