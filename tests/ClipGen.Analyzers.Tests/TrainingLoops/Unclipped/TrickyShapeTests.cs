namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where the control flow is easy to misread.</summary>
public sealed class TrickyShapeTests
{
    [Fact]
    public Task Clips_inside_expressions() => LoopTest.MembersAsync("""
        void InTheCondition(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            if (nn.utils.clip_grad_norm_(_model.parameters(), 1.0) < 100)
                _optimizer.step();
        }

        void InAConditionalExpression(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            var norm = _clip > 0 ? nn.utils.clip_grad_norm_(_model.parameters(), _clip) : 0.0;
            _optimizer.step();
        }

        void InASwitchExpression(Tensor x, Tensor y, string mode)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            var norm = mode switch
            {
                "norm" => nn.utils.clip_grad_norm_(_model.parameters(), _clip),
                _ => 0.0,
            };
            _optimizer.step();
        }

        void BehindAnd(Tensor x, Tensor y, bool enabled)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            _ = enabled && Clip();
            _optimizer.step();
        }

        bool Clip()
        {
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            return true;
        }

        void BehindAPattern(Tensor x, Tensor y, double? configured)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            if (configured is double limit)
                nn.utils.clip_grad_norm_(_model.parameters(), limit);
            _optimizer.step();
        }

        void InATry(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            try
            {
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            }
            catch (InvalidOperationException)
            {
                Console.WriteLine("no gradients");
            }

            _optimizer.step();
        }
        """);

    [Fact]
    public Task Delegates_in_locals() => LoopTest.MembersAsync("""
        void Clipped(Tensor x, Tensor y)
        {
            Action clip = () => nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.zero_grad();
            Loss(x, y).backward();
            clip();
            _optimizer.step();
        }

        void Unclipped(Tensor x, Tensor y)
        {
            Action log = () => Console.WriteLine("step");
            _optimizer.zero_grad();
            Loss(x, y).backward();
            log();
            {|CLIP101:_optimizer.step()|};
        }

        void Group(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            Invoke(ClipAll);
            _optimizer.step();
        }

        static void Invoke(Action action) => action();
        void ClipAll() => nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
        """);

    [Fact]
    public Task Events_and_timers() => LoopTest.MembersAsync("""
        event EventHandler? Tick;

        void Start(Tensor x, Tensor y)
        {
            Tick += (_, _) =>
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
            };
            Tick += async (_, _) =>
            {
                await Task.Delay(1);
                _optimizer.zero_grad();
                Loss(x, y).backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
            };
        }

        void Stop() => Tick?.Invoke(this, EventArgs.Empty);
        """);

    [Fact]
    public Task Collections_of_optimizers() => LoopTest.MembersAsync("""
        private readonly List<optim.Optimizer> _optimizers = new();

        void Unclipped(Tensor x, Tensor y)
        {
            foreach (var optimizer in _optimizers)
                optimizer.zero_grad();
            Loss(x, y).backward();
            foreach (var optimizer in _optimizers)
                {|CLIP101:optimizer.step()|};
        }

        void Clipped(Tensor x, Tensor y)
        {
            _optimizers.ForEach(optimizer => optimizer.zero_grad());
            Loss(x, y).backward();
            _optimizers.ForEach(optimizer => nn.utils.clip_grad_norm_(optimizer.parameters(), 1.0));
            _optimizers.ForEach(optimizer => optimizer.step());
        }

        void ByIndex(Tensor x, Tensor y, Net[] networks)
        {
            Loss(x, y).backward();
            for (int i = 0; i < networks.Length; i++)
            {
                nn.utils.clip_grad_norm_(networks[i].parameters(), 1.0);
                _optimizers[i].step();
            }
        }
        """);

    [Fact]
    public Task Two_losses_over_one_graph() => LoopTest.MembersAsync("""
        void Unclipped(Tensor x, Tensor y)
        {
            var output = _model.forward(x);
            _optimizer.zero_grad();
            torch.autograd.backward(functional.mse_loss(output, y), retain_graph: true);
            output.mean().backward(null, retain_graph: true);
            {|CLIP101:_optimizer.step()|};
        }

        void Clipped(Tensor x, Tensor y)
        {
            var output = _model.forward(x);
            _optimizer.zero_grad();
            torch.autograd.backward(functional.mse_loss(output, y), retain_graph: true);
            output.mean().backward(null, retain_graph: true);
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
        }

        // The second loss adds to what was limited.
        void ClippedBetween(Tensor x, Tensor y)
        {
            var output = _model.forward(x);
            _optimizer.zero_grad();
            torch.autograd.backward(functional.mse_loss(output, y), retain_graph: true);
            {|CLIP103:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            output.mean().backward();
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Last_incomplete_batch_of_an_accumulation() => LoopTest.MembersAsync("""
        void Train()
        {
            int pending = 0;
            foreach (var (x, y) in _batches)
            {
                Loss(x, y).backward();
                if (++pending % 4 == 0)
                {
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                    _optimizer.zero_grad();
                }
            }

            if (pending % 4 != 0)
                {|CLIP101:_optimizer.step()|};
        }
        """);

    [Fact]
    public Task Generic_trainers() => LoopTest.FileAsync("""
        abstract class Trainer<TModel>
            where TModel : nn.Module<Tensor, Tensor>
        {
            protected TModel Model { get; init; } = null!;
            protected optim.Optimizer Optimizer { get; init; } = null!;
            protected abstract Tensor Loss(Tensor x);

            public void Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    Optimizer.zero_grad();
                    Loss(x).backward();
                    {|CLIP101:this.Optimizer!.step()|};
                }
            }

            public async Task FitAsync(IAsyncEnumerable<Tensor> batches)
            {
                await foreach (var x in batches)
                {
                    Optimizer.zero_grad();
                    Loss(x).backward();
                    Model.parameters().ToList().ForEach(p => p.grad?.clamp_(-1, 1));
                    Optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Loops_of_every_kind() => LoopTest.MembersAsync("""
        void While()
        {
            int i = 0;
            while (true)
            {
                if (i++ > 10)
                    break;
                _optimizer.zero_grad();
                Loss(_batches[i].x, _batches[i].y).backward();
                {|CLIP101:_optimizer.step()|};
            }
        }

        void Do()
        {
            int i = 0;
            do
            {
                _optimizer.zero_grad();
                Loss(_batches[i].x, _batches[i].y).backward();
                nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                _optimizer.step();
            }
            while (++i < 10);
        }

        void Goto()
        {
            int i = 0;
            again:
            _optimizer.zero_grad();
            Loss(_batches[i].x, _batches[i].y).backward();
            {|CLIP101:_optimizer.step()|};
            if (++i < 10)
                goto again;
        }
        """);

    [Fact]
    public Task Unknown_clip_of_another_library_counts_by_its_name() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y, dynamic accelerator)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            accelerator.ClipGradNorm(_model, 1.0);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Recursion_ends() => LoopTest.MembersAsync("""
        void First(Tensor x, Tensor y, int depth)
        {
            Loss(x, y).backward();
            if (depth > 0)
                Second(x, y, depth - 1);
            {|CLIP101:_optimizer.step()|};
        }

        void Second(Tensor x, Tensor y, int depth)
        {
            _optimizer.zero_grad();
            First(x, y, depth);
        }
        """);

    [Fact]
    public Task Optimizer_with_its_own_step_in_source() => LoopTest.FileAsync("""
        sealed class Lion : optim.Optimizer
        {
            private readonly List<Parameter> _parameters;
            public Lion(IEnumerable<Parameter> parameters) => _parameters = parameters.ToList();

            public override Tensor? step(Func<Tensor>? closure = null)
            {
                foreach (var p in _parameters)
                    p.sub_(p.grad! * 0.1);
                return null;
            }
        }

        sealed class BoundedLion : optim.Optimizer
        {
            private readonly List<Parameter> _parameters;
            public BoundedLion(IEnumerable<Parameter> parameters) => _parameters = parameters.ToList();

            public override Tensor? step(Func<Tensor>? closure = null)
            {
                foreach (var p in _parameters)
                {
                    p.grad!.clamp_(-1, 1);
                    p.sub_(p.grad! * 0.1);
                }

                return null;
            }
        }

        sealed class Trainer
        {
            void Unclipped(Net model, Tensor x)
            {
                var optimizer = new Lion(model.parameters());
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                {|CLIP101:optimizer.step()|};
            }

            void Bounded(Net model, Tensor x)
            {
                var optimizer = new BoundedLion(model.parameters());
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                optimizer.step();
            }
        }
        """);
}
