namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>Gradients that are multiplied, divided or replaced by hand: only some of these changes are clips.</summary>
public sealed class GradientScaleTests
{
    [Fact]
    public Task Averages_over_micro_batches_bound_nothing() => LoopTest.MembersAsync("""
        void ByParameter(Tensor[] losses, int accumulated)
        {
            foreach (var loss in losses)
                loss.backward();
            foreach (var p in _model.parameters())
                p.grad?.div_(accumulated);
            {|CLIP101:_optimizer.step()|};
        }

        void ByLength(Tensor[] losses)
        {
            foreach (var loss in losses)
                loss.backward();
            foreach (var p in _model.parameters())
            {
                if (p.grad is null)
                    continue;
                p.grad.mul_(1.0 / losses.Length);
            }

            {|CLIP101:_optimizer.step()|};
        }

        void ByLocal(Tensor[] losses)
        {
            foreach (var loss in losses)
                loss.backward();
            var n = (double)losses.Length;
            foreach (var p in _model.parameters())
                p.grad /= n;
            {|CLIP101:_optimizer.step()|};
        }

        void ByAssignment(Tensor loss, float batchSize)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad = p.grad! / batchSize;
            {|CLIP101:_optimizer.step()|};
        }

        void AndThenClipped(Tensor[] losses)
        {
            foreach (var loss in losses)
                loss.backward();
            foreach (var p in _model.parameters())
                p.grad?.div_(losses.Length);
            nn.utils.clip_grad_norm_(_model.parameters(), _clip);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Loss_scales_and_constants_bound_nothing() => LoopTest.MembersAsync("""
        private readonly double _lossScale = 1024;

        void LossScale(Tensor loss)
        {
            (loss * _lossScale).backward();
            foreach (var p in _model.parameters())
                p.grad?.div_(_lossScale);
            {|CLIP101:_optimizer.step()|};
        }

        void InverseScale(Tensor loss, double scale)
        {
            (loss * scale).backward();
            foreach (var p in _model.parameters())
                p.grad?.mul_(1.0 / scale);
            {|CLIP101:_optimizer.step()|};
        }

        void Constant(Tensor loss)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad!.mul_(0.5);
            {|CLIP101:_optimizer.step()|};
        }

        void Repaired(Tensor loss)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad = nan_to_num(p.grad!);
            {|CLIP101:_optimizer.step()|};
        }
        """);

    [Fact]
    public Task Copies_of_gradients_bound_nothing() => LoopTest.MembersAsync("""
        private readonly List<(Parameter master, Parameter half)> _pairs = new();

        void Synchronized(Tensor loss, Device device)
        {
            loss.backward();
            foreach (var (master, half) in _pairs)
            {
                var wide = half.grad!.to(device);
                if (master.grad is null)
                    master.grad = wide;
                else
                    master.grad.copy_(half.grad!);
            }

            {|CLIP101:_optimizer.step()|};
        }

        void ClippedCopies(Tensor loss, Device device)
        {
            loss.backward();
            foreach (var (master, half) in _pairs)
            {
                var wide = half.grad!.to(device);
                wide = wide.clamp(-1, 1);
                master.grad = wide;
            }

            _optimizer.step();
        }

        void ClippedInPlace(Tensor loss, Device device)
        {
            loss.backward();
            foreach (var (master, half) in _pairs)
            {
                var wide = half.grad!.to(device);
                wide.clamp_(-1, 1);
                master.grad!.copy_(wide);
            }

            _optimizer.step();
        }

        void CopiedFromAHelper(Tensor loss)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad!.copy_(Bounded(p.grad!));
            _optimizer.step();
        }

        static Tensor Bounded(Tensor gradient) => gradient / gradient.norm();
        """);

    [Fact]
    public Task Scales_that_a_norm_or_a_limit_decides_are_clips() => LoopTest.MembersAsync("""
        void Coefficient(Tensor loss, double max)
        {
            loss.backward();
            var total = Math.Sqrt(_model.parameters().Sum(p => (double)p.grad!.pow(2).sum().item<float>()));
            var scale = max / (total + 1e-6);
            if (scale < 1)
            {
                foreach (var p in _model.parameters())
                    p.grad!.mul_(scale);
            }

            _optimizer.step();
        }

        void Quotient(Tensor loss, double norm, double limit)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad!.div_(Math.Max(1.0, norm / limit));
            _optimizer.step();
        }

        void ConstantWhenTooLarge(Tensor loss, double norm)
        {
            loss.backward();
            if (norm > 10)
            {
                foreach (var p in _model.parameters())
                    p.grad!.mul_(0.1);
            }

            _optimizer.step();
        }

        void UnknownFactor(Tensor loss, Tensor how)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad!.mul_(how);
            _optimizer.step();
        }

        void OneSided(Tensor loss)
        {
            loss.backward();
            foreach (var p in _model.parameters())
                p.grad = p.grad!.clamp(max: 1);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Scaler_that_unscales_and_steps_in_one() => LoopTest.FileAsync("""
        sealed class Scaler
        {
            private readonly double _scale = 65536;

            public Tensor Scale(Tensor loss) => loss * _scale;

            public void Step(optim.Optimizer optimizer, Func<Tensor>? closure = null)
            {
                foreach (var p in optimizer.parameters())
                    p.grad?.div_(_scale);
                optimizer.step(closure);
            }
        }

        sealed class Trainer
        {
            void Unclipped(optim.Optimizer optimizer, Scaler scaler, Tensor loss)
            {
                optimizer.zero_grad();
                scaler.Scale(loss).backward();
                {|CLIP101:scaler.Step(optimizer)|};
            }

            void Clipped(Net model, optim.Optimizer optimizer, Scaler scaler, Tensor loss)
            {
                optimizer.zero_grad();
                scaler.Scale(loss).backward();
                nn.utils.clip_grad_norm_(model.parameters(), 65536);
                scaler.Step(optimizer);
            }
        }
        """);
}
