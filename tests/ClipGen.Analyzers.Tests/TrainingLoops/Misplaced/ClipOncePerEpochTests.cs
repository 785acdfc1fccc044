namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP111: the clip runs once per epoch, the step for every batch.</summary>
public sealed class ClipOncePerEpochTests
{
    [Fact]
    public Task Clip_once_per_epoch() => LoopTest.MembersAsync("""
        void After(int epochs)
        {
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                foreach (var (x, y) in _batches)
                {
                    _optimizer.zero_grad();
                    Loss(x, y).backward();
                    _optimizer.step();
                }

                {|CLIP111:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            }
        }

        void Before(int epochs)
        {
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                {|CLIP111:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
                foreach (var (x, y) in _batches)
                {
                    _optimizer.zero_grad();
                    Loss(x, y).backward();
                    _optimizer.step();
                }
            }
        }

        void StepPerEpochToo(int epochs)
        {
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                _optimizer.zero_grad();
                foreach (var (x, y) in _batches)
                    Loss(x, y).backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
            }
        }
        """);
}
