namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where the program clips layer by layer, or changes the gradients itself.</summary>
public sealed class ClipByHandTests
{
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
}
