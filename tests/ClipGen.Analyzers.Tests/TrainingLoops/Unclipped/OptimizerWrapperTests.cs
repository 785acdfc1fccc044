namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where a class of the program clips or steps for the loop.</summary>
public sealed class OptimizerWrapperTests
{
    [Fact]
    public Task Wrapper_that_clips_then_steps() => LoopTest.FileAsync("""
        sealed class ClippedOptimizer(optim.Optimizer inner, double limit)
        {
            public void ZeroGrad() => inner.zero_grad();

            public void Step()
            {
                nn.utils.clip_grad_norm_(inner.parameters(), limit);
                inner.step();
            }
        }

        sealed class Trainer
        {
            void Train(Net model, List<Tensor> batches)
            {
                var optimizer = new ClippedOptimizer(optim.Adam(model.parameters()), 1.0);
                foreach (var x in batches)
                {
                    optimizer.ZeroGrad();
                    model.forward(x).mean().backward();
                    optimizer.Step();
                }
            }
        }
        """);

    [Fact]
    public Task Wrapper_that_only_steps() => LoopTest.FileAsync("""
        sealed class PlainOptimizer(optim.Optimizer inner)
        {
            public void ZeroGrad() => inner.zero_grad();

            public void Step() => inner.step();
        }

        sealed class Trainer
        {
            void Train(Net model, List<Tensor> batches)
            {
                var optimizer = new PlainOptimizer(optim.Adam(model.parameters()));
                foreach (var x in batches)
                {
                    optimizer.ZeroGrad();
                    model.forward(x).mean().backward();
                    {|CLIP101:optimizer.Step()|};
                }
            }
        }
        """);

    [Fact]
    public Task Clip_method_on_the_optimizer_object() => LoopTest.FileAsync("""
        sealed class Lion : optim.Optimizer
        {
            public void ClipGradNorm(float limit) { }
        }

        sealed class Trainer
        {
            void Train(Net model, Lion optim, Tensor x)
            {
                optim.zero_grad();
                model.forward(x).mean().backward();
                optim.ClipGradNorm(1f);
                optim.step();
            }
        }
        """);

    [Fact]
    public Task Limit_in_the_constructor_of_an_optimizer() => LoopTest.FileAsync("""
        sealed class Lion : optim.Optimizer
        {
            public Lion(IEnumerable<Parameter> parameters, double lr, double maxGradNorm) { }
        }

        sealed class Trainer
        {
            void Train(Net model, Tensor x)
            {
                var optimizer = new Lion(model.parameters(), 1e-3, maxGradNorm: 1.0);
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Mixed_precision_step_helper() => LoopTest.FileAsync("""
        sealed class LossScaler
        {
            private float _scale = 65536f;

            public Tensor Scale(Tensor loss) => loss * _scale;

            public void Unscale(nn.Module model)
            {
                foreach (var p in model.parameters())
                    p.grad?.div_(_scale);
            }

            public void Step(optim.Optimizer optimizer)
            {
                if (float.IsFinite(_scale))
                    optimizer.step();
            }
        }

        sealed class Trainer
        {
            void Clipped(Net model, optim.Optimizer optimizer, LossScaler scaler, Tensor x)
            {
                optimizer.zero_grad();
                scaler.Scale(model.forward(x).mean()).backward();
                scaler.Unscale(model);
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                scaler.Step(optimizer);
            }

            void Unclipped(Net model, optim.Optimizer optimizer, LossScaler scaler, Tensor x)
            {
                optimizer.zero_grad();
                scaler.Scale(model.forward(x).mean()).backward();
                scaler.Unscale(model);
                {|CLIP101:scaler.Step(optimizer)|};
            }
        }
        """);
}
