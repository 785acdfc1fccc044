namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP104: gradients are reset between the backward pass and the step.</summary>
public sealed class ResetBeforeStepTests
{
    [Fact]
    public Task Reset_between_backward_and_step() => LoopTest.MembersAsync("""
        void Optimizer(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            {|CLIP104:_optimizer.zero_grad()|};
            _optimizer.step();
        }

        void Model(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            {|CLIP104:_model.zero_grad()|};
            _optimizer.step();
        }

        void OtherOptimizer(Tensor x, Tensor y, optim.Optimizer critic)
        {
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            critic.zero_grad();
            _optimizer.step();
        }

        void BeforeTheNext()
        {
            foreach (var (x, y) in _batches)
            {
                Loss(x, y).backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
                _optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Accumulation_defeated_by_a_reset_in_every_micro_batch() => LoopTest.MembersAsync("""
        void Defeated(int every)
        {
            for (int i = 0; i < _batches.Count; i++)
            {
                {|CLIP104:_optimizer.zero_grad()|};
                Loss(_batches[i].x, _batches[i].y).backward();
                if ((i + 1) % every == 0)
                {
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                }
            }
        }

        void Right(int every)
        {
            _optimizer.zero_grad();
            for (int i = 0; i < _batches.Count; i++)
            {
                Loss(_batches[i].x, _batches[i].y).backward();
                if ((i + 1) % every == 0)
                {
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                    _optimizer.zero_grad();
                }
            }
        }

        void ResetAtTheStart(int every)
        {
            for (int i = 0; i < _batches.Count; i++)
            {
                if (i % every == 0)
                    _optimizer.zero_grad();
                Loss(_batches[i].x, _batches[i].y).backward();
                if (i % every == every - 1)
                {
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                }
            }
        }

        void StepOnFiniteLossOnly()
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                var loss = Loss(x, y);
                loss.backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                if (!float.IsNaN(loss.item<float>()))
                    _optimizer.step();
            }
        }
        """);
}
