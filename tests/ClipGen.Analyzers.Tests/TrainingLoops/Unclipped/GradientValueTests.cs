namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>Code that changes gradients by hand before a step counts as a clip if it bounds them, however it is written.</summary>
public sealed class GradientValueTests
{
    [Theory]
    [InlineData("foreach (var p in model.parameters()) if (p.grad is { } g) p.grad = g.clone();")]
    [InlineData("foreach (var p in model.parameters()) p.grad = p.grad!.cpu();")]
    [InlineData("foreach (var p in model.parameters()) p.grad = p.grad!.cuda();")]
    [InlineData("foreach (var p in model.parameters()) p.grad = p.grad!.@float();")]
    [InlineData("""
        foreach (var p in model.parameters())
        {
            var half = p.grad!.half();
            p.grad = half.to_type(ScalarType.Float32);
        }
        """)]
    [InlineData("foreach (var p in model.parameters()) p.grad = p.grad!.to(ScalarType.Float64).detach().contiguous();")]
    [InlineData("foreach (var p in model.parameters()) if (p.grad is { } g) p.grad = g + decay * p;")]
    [InlineData("foreach (var p in model.parameters()) p.grad = p.grad!.add(p, alpha: decay);")]
    [InlineData("foreach (var p in model.parameters()) { var g = p.grad!; g = g.add(p * decay); p.grad = g; }")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.add_(p.detach() * decay);")]
    [InlineData("foreach (var p in model.parameters()) p.grad = -p.grad!;")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.mul_(mask);")]
    [InlineData("foreach (var (name, p) in model.named_parameters()) p.grad!.mul_(masks[name]);")]
    [InlineData("foreach (var p in model.parameters()) { var keep = p.ne(0); p.grad = p.grad! * keep; }")]
    [InlineData("foreach (var p in model.parameters()) { var large = p.abs() > 0.1; p.grad!.mul_(large); }")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.masked_fill_(mask, 0);")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.masked_fill_(p.grad!.isnan(), 0);")]
    [InlineData("foreach (var p in model.parameters()) p.grad![p.grad!.isnan()] = 0;")]
    [InlineData("""
        foreach (var p in model.parameters())
        {
            var copy = p.grad!.clone();
            copy.clamp_(-1, 1);
            Console.WriteLine(copy.norm());
        }
        """)]
    [InlineData("foreach (var p in model.parameters()) p.grad!.div_(8);")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.nan_to_num_(0);")]
    [InlineData("foreach (var p in other.parameters()) Console.WriteLine(p.grad!.clamp(-1, 1));")]
    public Task Copies_and_arithmetic_that_bounds_nothing(string statements) => TorchTest.BetweenAsync(statements, clips: false);

    [Theory]
    [InlineData("foreach (var p in model.parameters()) p.grad!.div_(8).clamp_(-1, 1);")]
    [InlineData("foreach (var p in model.parameters()) p.grad?.nan_to_num_(0).clamp_(-1, 1);")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.detach().view(-1).clamp_(max: 1);")]
    [InlineData("var gs = model.parameters().Select(p => p.grad!).ToList(); foreach (var g in gs) g.clamp_(-1, 1);")]
    [InlineData("""
        var gs = model.parameters().Select(p => p.grad!).ToArray();
        for (int i = 0; i < gs.Length; i++) gs[i].clamp_(-1, 1);
        """)]
    [InlineData("model.parameters().Select(p => p.grad).OfType<Tensor>().ToList().ForEach(g => g.clamp_(-1, 1));")]
    [InlineData("""
        var gs = new List<Tensor>();
        foreach (var p in model.parameters()) gs.Add(p.grad!);
        foreach (var g in gs) g.div_(g.norm());
        """)]
    [InlineData("""
        var gs = new Tensor[2];
        int i = 0;
        foreach (var p in model.parameters()) gs[i++] = p.grad!;
        foreach (var g in gs) g.clamp_(-1, 1);
        """)]
    [InlineData("foreach (var p in model.parameters()) p.grad!.masked_fill_(p.grad!.abs() > 1, 1);")]
    [InlineData("""
        foreach (var p in model.parameters())
        {
            var g = p.grad!;
            var large = g.abs().gt(1);
            g.masked_fill_(large, 1);
        }
        """)]
    [InlineData("foreach (var p in model.parameters()) { var g = p.grad!; g[g > 1] = 1; }")]
    [InlineData("foreach (var p in model.parameters()) { var g = p.grad!; p.grad = torch.where(g.abs() > 1, g.sign(), g); }")]
    [InlineData("foreach (var p in model.parameters()) { var g = p.grad!.clone(); g.clamp_(-1, 1); p.grad = g; }")]
    [InlineData("foreach (var p in model.parameters()) { var g = p.grad!.cpu().clamp(-1, 1); p.grad = g.cuda(); }")]
    [InlineData("foreach (var p in model.parameters()) { var g = p.grad! + decay * p; g = g / (g.norm() + 1e-6); p.grad = g; }")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.div_(p.grad!.abs().max());")]
    [InlineData("""
        foreach (var p in model.parameters())
        {
            var size = p.grad!.pow(2).sum().sqrt();
            p.grad!.copy_(p.grad! / size);
        }
        """)]
    [InlineData("foreach (var p in model.parameters()) p.grad = nn.functional.normalize(p.grad!, 2);")]
    [InlineData("foreach (var p in model.parameters()) p.grad!.tanh_();")]
    [InlineData("foreach (var g in from p in model.parameters() where p.grad is not null select p.grad) g.clamp_(-1, 1);")]
    [InlineData("Parallel.ForEach(model.parameters(), p => p.grad?.clamp_(-1, 1));")]
    [InlineData("foreach (var p in model.parameters()) p.grad = torch.clamp(p.grad! * 0.5, -1, 1) + decay * p;")]
    [InlineData("foreach (var p in model.parameters()) p.grad = Somehow(p.grad!);")]
    public Task What_bounds_gradients_is_a_clip(string statements) =>
        TorchTest.BetweenAsync(statements, clips: true, "static Tensor Somehow(Tensor t) => t;");

    [Theory]
    [InlineData("{|CLIP101:p.sub_(p.grad! * 0.1)|};")]
    [InlineData("var g = p.grad; if (g is not null) { var u = g.mul(0.1); {|CLIP101:p.sub_(u)|}; }")]
    [InlineData("var g = p.grad!; var scaled = g * rate; var update = scaled + 0.01 * p; {|CLIP101:p.add_(-update)|};")]
    [InlineData("var g = p.grad!.clone(); {|CLIP101:p.add_(g, alpha: -rate)|};")]
    [InlineData("{|CLIP101:p.copy_(p - rate * p.grad!)|};")]
    [InlineData("var buffer = velocity[p]; buffer.mul_(0.9).add_(p.grad!); {|CLIP101:p.sub_(buffer * rate)|};")]
    [InlineData("""
        var m = velocity[p];
        var v = average[p];
        m.mul_(0.9).add_(p.grad!);
        v.addcmul_(p.grad!, p.grad!, 1);
        {|CLIP101:p.addcdiv_(m, v.sqrt(), -rate)|};
        """)]
    [InlineData("p.sub_(p.grad! / (p.grad!.norm() + 1e-8) * 0.1);")]
    [InlineData("var norm = p.grad!.pow(2).sum().sqrt(); p.sub_(rate * p.grad! / norm);")]
    [InlineData("var size = p.grad!.abs().max(); var u = p.grad!.div(size); p.sub_(u * rate);")]
    [InlineData("var u = p.grad!; var rms = u.pow(2).mean().sqrt(); u = u / maximum(rms, ones(1)); p.add_(u, -rate);")]
    [InlineData("p.sub_(p.grad!.clamp(-1, 1) * rate);")]
    [InlineData("var g = p.grad!.clamp(-1, 1); var u = g * rate; p.sub_(u);")]
    [InlineData("var g = p.grad!.clone(); g.clamp_(-1, 1); p.sub_(g * rate);")]
    [InlineData("p.sub_(p.grad!.sign() * rate);")]
    [InlineData("p.mul_(0.999);")]
    [InlineData("average[p].mul_(0.9).add_(p, alpha: 0.1);")]
    public Task Updates_by_hand_through_any_number_of_variables(string update) => TorchTest.FileAsync($$"""
        static class Trainer
        {
            static void Train(nn.Module<Tensor, Tensor> model, IEnumerable<Tensor> batches, double rate,
                Dictionary<Parameter, Tensor> velocity, Dictionary<Parameter, Tensor> average)
            {
                foreach (var x in batches)
                {
                    model.zero_grad();
                    model.call(x).mean().backward();
                    using (no_grad())
                    {
                        foreach (var p in model.parameters())
                        {
                            {{update}}
                        }
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Copies_before_the_backward_pass_or_after_the_step_are_not_misplaced() => TorchTest.FileAsync("""
        static class Trainer
        {
            static void ToCpu(nn.Module m) { foreach (var p in m.parameters()) if (p.grad is { } g) p.grad = g.cpu(); }

            static void Before(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
            {
                ToCpu(m);
                o.zero_grad();
                m.forward(x).mean().backward();
                {|CLIP101:o.step()|};
            }

            static void After(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
            {
                o.zero_grad();
                m.forward(x).mean().backward();
                {|CLIP101:o.step()|};
                ToCpu(m);
            }
        }
        """);
}
