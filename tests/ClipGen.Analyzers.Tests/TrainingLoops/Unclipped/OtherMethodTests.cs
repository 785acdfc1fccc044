namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where the backward pass, the clip or the step is in another method or lambda than the loop.</summary>
public sealed class OtherMethodTests
{
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
    public Task Hooks_whose_functions_are_not_visible() => LoopTest.MembersAsync("""
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
}
