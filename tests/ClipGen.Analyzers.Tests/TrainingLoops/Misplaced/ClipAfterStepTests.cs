namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP102: the clip comes after the step.</summary>
public sealed class ClipAfterStepTests
{
    [Fact]
    public Task Clip_after_the_step() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            _optimizer.step();
            {|CLIP102:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
        }

        void InALoop()
        {
            foreach (var (x, y) in _batches)
            {
                Loss(x, y).backward();
                _optimizer.step();
                {|CLIP102:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
                _optimizer.zero_grad();
            }
        }

        void Configured(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            _optimizer.step();
            if (_clip > 0)
                {|CLIP102:nn.utils.clip_grad_norm_(_model.parameters(), _clip)|};
        }
        """);

    [Fact]
    public Task Clip_after_the_step_in_one_mode_only() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y, bool mixed)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            if (mixed)
            {
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
            }
            else
            {
                _optimizer.step();
                {|CLIP102:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            }
        }
        """);

    [Fact]
    public Task Clip_between_two_steps_of_two_optimizers() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y, optim.Optimizer critic)
        {
            critic.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(critic.parameters(), 1.0);
            critic.step();
            _optimizer.zero_grad();
            Loss(y, x).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
        }
        """);
}
