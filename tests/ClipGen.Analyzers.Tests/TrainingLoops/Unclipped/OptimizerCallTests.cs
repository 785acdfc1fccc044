namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 over the calls of an iteration: resets, backward passes, clips, closures and steps.</summary>
public sealed class OptimizerCallTests
{
    [Fact]
    public Task Places_of_zero_grad() => LoopTest.MembersAsync("""
        void Before(Tensor x, Tensor y)
        {
            foreach (var batch in _batches)
            {
                _model.zero_grad();
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
            }
        }

        void After(Tensor x, Tensor y)
        {
            foreach (var batch in _batches)
            {
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
                _optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Two_backwards_and_one_step() => LoopTest.MembersAsync("""
        void Unclipped(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            Loss(y, x).backward();
            {|CLIP101:_optimizer.step()|};
        }

        void Clipped(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            Loss(y, x).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Manual_update_without_an_optimizer() => LoopTest.MembersAsync("""
        void Unclipped(Tensor x, Tensor y, float lr)
        {
            _model.zero_grad();
            Loss(x, y).backward();
            using (torch.no_grad())
            {
                foreach (var param in _model.parameters())
                {
                    var grad = param.grad;
                    if (grad is null) continue;
                    {|CLIP101:param.sub_(grad.mul(lr))|};
                }
            }
        }

        void Clipped(Tensor x, Tensor y, float lr)
        {
            _model.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            using (torch.no_grad())
            {
                foreach (var param in _model.parameters())
                    param.sub_(param.grad! * lr);
            }
        }

        void ClippedInTheExpression(Tensor x, Tensor y, float lr, float clipCoef)
        {
            _model.zero_grad();
            Loss(x, y).backward();
            foreach (var param in _model.parameters())
                param.sub_(param.grad! * (lr * clipCoef));
        }
        """);

    [Fact]
    public Task Step_called_twice() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            {|CLIP101:_optimizer.step()|};
            {|CLIP101:_optimizer.step()|};
        }
        """);

    [Fact]
    public Task Lbfgs_closure_is_exempt() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y)
        {
            var lbfgs = optim.LBFGS(_model.parameters());
            lbfgs.step(() =>
            {
                lbfgs.zero_grad();
                var loss = Loss(x, y);
                loss.backward();
                return loss;
            });
        }

        void BaseTyped(Tensor x, Tensor y)
        {
            optim.Optimizer solver = optim.LBFGS(_model.parameters());
            Func<Tensor> closure = () =>
            {
                solver.zero_grad();
                var loss = Loss(x, y);
                loss.backward();
                return loss;
            };
            solver.step(closure);
        }

        void OfUnknownOrigin(optim.Optimizer solver, Func<Tensor> closure)
        {
            closure().backward();
            solver.step(closure);
        }
        """);

    [Fact]
    public Task Null_closures_do_not_count() => LoopTest.MembersAsync("""
        void Null(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            {|CLIP101:_optimizer.step(null)|};
        }

        Tensor? PassedOn(Tensor x, Tensor y, Func<Tensor>? closure = null)
        {
            Loss(x, y).backward();
            return {|CLIP101:_optimizer.step(closure)|};
        }

        Tensor? Required(Tensor x, Tensor y, Func<Tensor> closure)
        {
            Loss(x, y).backward();
            return _optimizer.step(closure);
        }

        void ClippedNull(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step(null);
        }
        """);

    [Fact]
    public Task Arguments_of_the_clip() => LoopTest.MembersAsync("""
        private readonly Parameter[] _trainable;
        private readonly IEnumerable<Parameter> _cached;

        public Trainer(Net model)
        {
            _model = model;
            _optimizer = optim.Adam(model.parameters());
            _trainable = _model.parameters().Where(p => p.requires_grad).ToArray();
            _cached = _trainable;
        }

        void Array(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters().ToArray(), 1.0);
            _optimizer.step();
        }

        void Cached(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_trainable, max_norm: 1.0);
            _optimizer.step();
        }

        void Value(Tensor x, Tensor y)
        {
            Loss(x, y).backward();
            nn.utils.clip_grad_value_(clip_value: 0.5, parameters: _model.parameters());
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Two_networks_with_two_optimizers() => LoopTest.MembersAsync("""
        void Clipped(Tensor real, Tensor noise)
        {
            var discriminator = new Net();
            var generator = new Net();
            var optD = optim.Adam(discriminator.parameters());
            var optG = optim.Adam(generator.parameters());
            foreach (var batch in _batches)
            {
                optD.zero_grad();
                discriminator.forward(real).mean().backward();
                nn.utils.clip_grad_norm_(discriminator.parameters(), 1.0);
                optD.step();

                optG.zero_grad();
                discriminator.forward(generator.forward(noise)).mean().backward();
                nn.utils.clip_grad_norm_(generator.parameters(), 1.0);
                optG.step();
            }
        }

        void OneUnclipped(Tensor real, Tensor noise)
        {
            var discriminator = new Net();
            var generator = new Net();
            var optD = optim.Adam(discriminator.parameters());
            var optG = optim.Adam(generator.parameters());
            foreach (var batch in _batches)
            {
                optD.zero_grad();
                discriminator.forward(real).mean().backward();
                nn.utils.clip_grad_norm_(discriminator.parameters(), 1.0);
                optD.step();

                optG.zero_grad();
                discriminator.forward(generator.forward(noise)).mean().backward();
                {|CLIP101:optG.step()|};
            }
        }

        void BothBackwardsFirst(Tensor x)
        {
            var actor = new Net();
            var critic = new Net();
            var actorOptimizer = optim.Adam(actor.parameters());
            var criticOptimizer = optim.Adam(critic.parameters());
            actorOptimizer.zero_grad();
            criticOptimizer.zero_grad();
            actor.forward(x).mean().backward();
            nn.utils.clip_grad_norm_(actor.parameters(), 0.5);
            critic.forward(x).mean().backward();
            nn.utils.clip_grad_norm_(critic.parameters(), 0.5);
            actorOptimizer.step();
            criticOptimizer.step();
        }
        """);
}
