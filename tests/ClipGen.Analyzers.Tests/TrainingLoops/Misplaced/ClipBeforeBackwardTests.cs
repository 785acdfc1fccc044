namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP103: the clip comes before the backward pass.</summary>
public sealed class ClipBeforeBackwardTests
{
    [Fact]
    public Task Clip_before_backward() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            {|CLIP103:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            Loss(x, y).backward();
            _optimizer.step();
        }

        void StaleGradients()
        {
            foreach (var (x, y) in _batches)
            {
                {|CLIP103:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
                _optimizer.zero_grad();
                Loss(x, y).backward();
                _optimizer.step();
            }
        }

        void BothSides(Tensor x, Tensor y)
        {
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_of_what_the_caller_computed() => LoopTest.MembersAsync("""
        void Apply()
        {
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
            _optimizer.zero_grad();
        }

        void Next(Tensor x, Tensor y)
        {
            Apply();
            Loss(x, y).backward();
        }
        """);
}
