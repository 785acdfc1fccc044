namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>CLIP102 to CLIP107, CLIP111 and CLIP112: clips and resets in the wrong place.</summary>
public sealed class MisplacedClipTests
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

    [Fact]
    public Task Clip_of_another_network() => LoopTest.MembersAsync("""
        void Other(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            {|CLIP106:nn.utils.clip_grad_norm_(_other.parameters(), 1.0)|};
            _optimizer.step();
        }

        void Part(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            {|CLIP106:nn.utils.clip_grad_norm_(_model.encoder.parameters(), 1.0)|};
            _optimizer.step();
        }

        void AllParts(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.encoder.parameters(), 1.0);
            nn.utils.clip_grad_norm_(_model.head.parameters(), 1.0);
            _optimizer.step();
        }

        void OneOfTwo(Tensor x, Tensor y)
        {
            var both = optim.Adam(_model.parameters().Concat(_other.parameters()));
            both.zero_grad();
            Loss(x, y).backward();
            {|CLIP106:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            both.step();
        }

        void BothAtOnce(Tensor x, Tensor y)
        {
            var both = optim.Adam(_model.parameters().Concat(_other.parameters()));
            both.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters().Concat(_other.parameters()), 1.0);
            both.step();
        }

        void Unknown(Tensor x, Tensor y, Net passed)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(passed.parameters(), 1.0);
            _optimizer.step();
        }

        void Alias(Tensor x, Tensor y)
        {
            var net = _model;
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(net.parameters(), 1.0);
            _optimizer.step();
        }

        void ByOptimizer(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_optimizer.parameters(), 1.0);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_of_the_first_of_two_networks_says_nothing_of_the_second() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y)
        {
            var other = optim.Adam(_other.parameters());
            _optimizer.zero_grad();
            other.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
            {|CLIP101:other.step()|};
        }
        """);

    [Fact]
    public Task Gradients_that_are_never_reset() => LoopTest.FileAsync("""
        sealed class Trainer
        {
            void Train(Net model, List<Tensor> batches)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    {|CLIP107:optimizer.step()|};
                }
            }
        }

        sealed class ResettingTrainer
        {
            void Train(Net model, List<Tensor> batches)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    optimizer.step();
                    foreach (var p in model.parameters())
                        p.grad?.zero_();
                }
            }
        }

        sealed class DelegatingTrainer
        {
            void Train(Net model, List<Tensor> batches, Action<optim.Optimizer> afterwards)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    optimizer.step();
                    afterwards(optimizer);
                }
            }
        }

        sealed class SingleStep
        {
            void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                model.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
            }
        }
        """);

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
