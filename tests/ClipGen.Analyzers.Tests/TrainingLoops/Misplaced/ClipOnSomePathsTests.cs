namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP112: only some paths to the step clip.</summary>
public sealed class ClipOnSomePathsTests
{
    [Fact]
    public Task Clip_on_some_paths_only() => LoopTest.MembersAsync("""
        void EverySecond()
        {
            for (int i = 0; i < _batches.Count; i++)
            {
                _optimizer.zero_grad();
                Loss(_batches[i].x, _batches[i].y).backward();
                if (i % 2 == 0)
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                {|CLIP112:_optimizer.step()|};
            }
        }

        void FirstEpochs(int epochs)
        {
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                foreach (var (x, y) in _batches)
                {
                    _optimizer.zero_grad();
                    Loss(x, y).backward();
                    bool early = epoch < 3;
                    if (early)
                        nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    {|CLIP112:_optimizer.step()|};
                }
            }
        }

        void ByMode(bool useClipping, Net? model, double? limit)
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                if (useClipping && model is not null)
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                else if (limit.HasValue)
                    nn.utils.clip_grad_value_(_model.parameters(), limit.Value);
                _optimizer.step();
            }
        }

        void WhenTooLarge()
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                double total = 0;
                foreach (var p in _model.parameters())
                    total += p.grad!.norm().item<float>();
                if (total > 1)
                {
                    foreach (var p in _model.parameters())
                        p.grad!.mul_(1 / total);
                }

                _optimizer.step();
            }
        }
        """);
}
