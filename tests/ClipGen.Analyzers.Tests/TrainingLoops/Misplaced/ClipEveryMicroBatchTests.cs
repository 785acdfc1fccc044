namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP105: accumulated gradients are clipped at every micro-batch.</summary>
public sealed class ClipEveryMicroBatchTests
{
    [Fact]
    public Task Clip_at_every_micro_batch_where_a_member_or_a_local_counts() => LoopTest.FileAsync("""
        sealed class Accumulator(int steps)
        {
            private int _current;
            private int _seen;

            public bool ShouldUpdate()
            {
                _current++;
                if (_current < steps && _current != steps) return false;
                if (_current == steps) _current = 0;
                return true;
            }

            public bool IsLast => _seen % steps == 0;
            public bool IsHealthy(Tensor loss) => !float.IsNaN(loss.item<float>());
            public void Count() => _seen++;
        }

        sealed class Trainer(Net model, optim.Optimizer optimizer, List<Tensor> batches)
        {
            void Local(int every)
            {
                for (int i = 0; i < batches.Count; i++)
                {
                    bool isLast = (i + 1) % every == 0;
                    model.forward(batches[i]).mean().backward();
                    {|CLIP105:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
                    if (isLast)
                    {
                        optimizer.step();
                        optimizer.zero_grad();
                    }
                }
            }

            void Method(Accumulator accumulator)
            {
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    {|CLIP105:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
                    var update = accumulator.ShouldUpdate();
                    if (update)
                    {
                        optimizer.step();
                        optimizer.zero_grad();
                    }
                }
            }

            void Property(Accumulator accumulator)
            {
                foreach (var x in batches)
                {
                    accumulator.Count();
                    model.forward(x).mean().backward();
                    {|CLIP105:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
                    if (!accumulator.IsLast)
                        continue;
                    optimizer.step();
                    optimizer.zero_grad();
                }
            }

            void NoCount(Accumulator accumulator)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    var loss = model.forward(x).mean();
                    loss.backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    bool healthy = accumulator.IsHealthy(loss);
                    if (healthy)
                        optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Clip_at_every_micro_batch() => LoopTest.MembersAsync("""
        private int _count;

        void Block(int every)
        {
            for (int i = 0; i < _batches.Count; i++)
            {
                Loss(_batches[i].x, _batches[i].y).backward();
                {|CLIP105:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
                if ((i + 1) % every == 0)
                {
                    _optimizer.step();
                    _optimizer.zero_grad();
                }
            }
        }

        void Continue(int every)
        {
            for (int i = 0; i < _batches.Count; i++)
            {
                Loss(_batches[i].x, _batches[i].y).backward();
                {|CLIP105:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
                if ((i + 1) % every != 0)
                    continue;
                _optimizer.step();
                _optimizer.zero_grad();
            }
        }

        void OncePerCall(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            {|CLIP105:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            if (++_count >= 4)
            {
                _optimizer.step();
                _optimizer.zero_grad();
                _count = 0;
            }
        }

        void Right(int every)
        {
            for (int i = 0; i < _batches.Count; i++)
            {
                Loss(_batches[i].x, _batches[i].y).backward();
                if ((i + 1) % every != 0)
                    continue;
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
                _optimizer.zero_grad();
            }
        }

        void StepOnFiniteNormOnly()
        {
            foreach (var (x, y) in _batches)
            {
                Loss(x, y).backward();
                var norm = nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                if (double.IsFinite(norm))
                    _optimizer.step();
                _optimizer.zero_grad();
            }
        }

        void TrainEveryFewSteps()
        {
            for (int i = 0; i < 100; i++)
            {
                if (i % 4 == 0)
                {
                    _optimizer.zero_grad();
                    Loss(_batches[i].x, _batches[i].y).backward();
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                }
            }
        }
        """);
}
