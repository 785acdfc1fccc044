namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>CLIP101 where backward pass, clip or step are in another method, type or lambda than the loop.</summary>
public sealed class ElsewhereTests
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
    public Task Override_that_clips_silences_the_base() => LoopTest.FileAsync("""
        class Agent
        {
            protected readonly Net model = new();
            protected readonly optim.Optimizer optimizer;
            public Agent() => optimizer = optim.Adam(model.parameters());

            public void Learn(Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                Step();
            }

            protected virtual void Step() => optimizer.step();
        }

        sealed class ClippedAgent : Agent
        {
            protected override void Step()
            {
                nn.utils.clip_grad_norm_(model.parameters(), 0.5);
                base.Step();
            }
        }
        """);

    [Fact]
    public Task Override_that_does_not_clip_does_not() => LoopTest.FileAsync("""
        class Agent
        {
            protected readonly Net model = new();
            protected readonly optim.Optimizer optimizer;
            public Agent() => optimizer = optim.Adam(model.parameters());

            public void Learn(Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                {|CLIP101:Step()|};
            }

            protected virtual void Step() => optimizer.step();
        }

        sealed class LoggingAgent : Agent
        {
            protected override void Step()
            {
                Console.WriteLine("step");
                base.Step();
            }
        }
        """);

    [Fact]
    public Task Hook_method_that_an_override_clips_in() => LoopTest.FileAsync("""
        abstract class Trainer
        {
            protected readonly Net model = new();
            protected abstract void BeforeOptimizerStep();

            public void Fit(List<Tensor> batches)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    model.forward(x).mean().backward();
                    BeforeOptimizerStep();
                    optimizer.step();
                }
            }
        }

        sealed class ClippingTrainer : Trainer
        {
            protected override void BeforeOptimizerStep() => nn.utils.clip_grad_value_(model.parameters(), 1.0);
        }
        """);

    [Fact]
    public Task Interface_with_an_implementation_that_clips() => LoopTest.FileAsync("""
        interface IGradientPolicy { void AfterBackward(Net model); }

        sealed class NormPolicy : IGradientPolicy
        {
            public void AfterBackward(Net model) => nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        }

        sealed class Trainer(IGradientPolicy policy)
        {
            public void Fit(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                policy.AfterBackward(model);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Per_layer_clip_in_a_parallel_lambda() => LoopTest.MembersAsync("""
        void Train(Tensor x, Linear[] layers)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            Parallel.For(0, layers.Length, i => nn.utils.clip_grad_norm_(layers[i].parameters(), 1.0));
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Per_layer_clip_in_a_foreach() => LoopTest.MembersAsync("""
        void Train(Tensor x, Linear[] layers)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            foreach (var layer in layers)
                nn.utils.clip_grad_norm_(layer.parameters(), 1.0);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_then_optimize_in_a_helper() => LoopTest.MembersAsync("""
        void Train(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            ApplyGradients();
        }

        void ApplyGradients()
        {
            Clip(_model);
            Optimize();
        }

        void Clip(Net model) => nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        void Optimize() => _optimizer.step();
        """);

    [Fact]
    public Task Optimize_in_a_helper_of_a_helper() => LoopTest.MembersAsync("""
        void Train(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            {|CLIP101:ApplyGradients()|};
        }

        void ApplyGradients()
        {
            Console.WriteLine("applying");
            Optimize();
        }

        void Optimize() => _optimizer.step();
        """);

    [Fact]
    public Task Backward_in_a_helper() => LoopTest.MembersAsync("""
        void Train(Tensor x)
        {
            _optimizer.zero_grad();
            Accumulate(x);
            {|CLIP101:_optimizer.step()|};
        }

        void Accumulate(Tensor x)
        {
            using var loss = _model.forward(x).mean();
            loss.backward();
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
    public Task Clips_by_hand_on_the_gradient() => LoopTest.MembersAsync("""
        void ByNorm(Tensor x, float limit)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            var total = 0.0;
            foreach (var p in _model.parameters())
            {
                if (p.grad is { } grad)
                    total += grad.pow(2).sum().item<float>();
            }

            var norm = Math.Sqrt(total);
            if (norm > limit)
            {
                foreach (var p in _model.parameters())
                    p.grad?.mul_(limit / norm);
            }

            _optimizer.step();
        }

        void ByValue(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            foreach (var p in _model.parameters())
            {
                var grad = p.grad;
                if (grad is null) continue;
                grad.clamp_(-1, 1);
            }

            _optimizer.step();
        }

        void ByAssignment(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            foreach (var p in _model.parameters())
                p.grad = p.grad!.clamp(-1, 1);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_whose_result_is_dropped() => LoopTest.MembersAsync("""
        void Train(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            foreach (var p in _model.parameters())
                p.grad?.clamp(-1, 1);
            {|CLIP101:_optimizer.step()|};
        }

        void ThroughHelper(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            ClipGradients(_model);
            {|CLIP101:_optimizer.step()|};
        }

        static void ClipGradients(Net model)
        {
            foreach (var p in model.parameters())
                p.grad!.mul(0.5);
        }
        """);

    [Fact]
    public Task One_method_clips_and_another_does_not() => LoopTest.MembersAsync("""
        void Pretrain()
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
            }
        }

        void Finetune()
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
            }
        }
        """);

    [Fact]
    public Task Two_loops_in_one_method() => LoopTest.MembersAsync("""
        void Train()
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
            }

            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Extension_method_that_clips() => LoopTest.FileAsync("""
        static class Extensions
        {
            public static void Clip(this nn.Module model, double limit) => nn.utils.clip_grad_norm_(model.parameters(), limit);
        }

        sealed class Trainer
        {
            void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                model.Clip(1.0);
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

    [Fact]
    public Task Gradient_hook_that_clips() => LoopTest.MembersAsync("""
        void Train(Tensor x)
        {
            _optimizer.zero_grad();
            _model.forward(x).mean().backward();
            AdjustGradients(p => p.grad!.clamp_(-1, 1));
            _optimizer.step();
        }

        void AdjustGradients(Action<Parameter> change)
        {
            foreach (var p in _model.parameters())
                change(p);
        }
        """);

    [Fact]
    public Task Hooks_whose_functions_are_out_of_sight() => LoopTest.MembersAsync("""
        public Action<nn.Module>? AfterBackward;
        public Action? ClipGradients;
        public event Action? OnBatchEnd;

        void HandedTheNetwork(Tensor x)
        {
            _model.forward(x).mean().backward();
            AfterBackward?.Invoke(_model);
            _optimizer.step();
        }

        void NamedAfterClipping(Tensor x)
        {
            _model.forward(x).mean().backward();
            ClipGradients?.Invoke();
            _optimizer.step();
        }

        void HandedNothing(Tensor x)
        {
            _model.forward(x).mean().backward();
            OnBatchEnd?.Invoke();
            {|CLIP101:_optimizer.step()|};
        }

        void BeforeTheBackwardPass(Tensor x)
        {
            AfterBackward?.Invoke(_model);
            _model.forward(x).mean().backward();
            {|CLIP101:_optimizer.step()|};
        }

        void ComputesTheLoss(Tensor x, Func<nn.Module, Tensor, Tensor> loss)
        {
            loss(_model, x).backward();
            {|CLIP101:_optimizer.step()|};
        }
        """);

    [Fact]
    public Task Step_of_a_caller_that_clipped() => LoopTest.MembersAsync("""
        void First(Tensor x)
        {
            _model.forward(x).mean().backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            Apply();
        }

        void Second(Tensor x)
        {
            _model.forward(x).mean().backward();
            {|CLIP101:Apply()|};
        }

        void Apply()
        {
            _optimizer.step();
            _optimizer.zero_grad();
        }
        """);
}
