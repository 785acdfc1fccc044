namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>Clamps of weights, as in a Wasserstein critic, limit no gradient, wherever they are and whatever their names are.</summary>
public sealed class WeightClampTests
{
    private const string Critic = """
        sealed class Critic : nn.Module<Tensor, Tensor>
        {
            private readonly Linear layer = nn.Linear(1, 1);
            public Critic() : base("critic") => RegisterComponents();
            public override Tensor forward(Tensor x) => layer.forward(x);

            public void ClipWeights(double c)
            {
                using var scope = no_grad();
                foreach (var p in parameters())
                    p.clamp_(-c, c);
            }

            public void ClipWeightNorm()
            {
                foreach (var p in parameters())
                    p.mul_((1.0 / p.norm()).clamp(max: 1));
            }

            public void ClipParams() => parameters().ToList().ForEach(p => p.clamp_(-0.01, 0.01));
            public void ClipLayerNorm() => layer.weight!.copy_(layer.weight!.clamp(-0.01, 0.01));
            public void ClipGradientsOfLayer() => nn.utils.clip_grad_norm_(parameters(), 1.0);
        }

        """;

    [Theory]
    [InlineData("critic.ClipWeights(0.01);")]
    [InlineData("critic.ClipParams();")]
    [InlineData("critic.ClipLayerNorm();")]
    [InlineData("critic.ClipWeightNorm();")]
    [InlineData("Weights.Clip(critic);")]
    [InlineData("critic.ClipParameters();")]
    [InlineData("""
        Clip(critic.parameters());
        void Clip(IEnumerable<Parameter> weights) { foreach (var w in weights) torch.clamp_(w, -0.01, 0.01); }
        """)]
    [InlineData("foreach (var (name, w) in critic.named_parameters()) w.clamp_(-0.01, 0.01);")]
    public Task Clamps_of_weights_are_no_clips(string clamp) => TorchTest.FileAsync(
        Critic + $$"""
        static class Weights
        {
            public static void Clip(nn.Module module)
            {
                using (no_grad())
                {
                    foreach (var (name, w) in module.named_parameters())
                        w.clamp_(-0.01, 0.01);
                }
            }

            public static void ClipParameters(this nn.Module module) =>
                module.apply(m => { foreach (var w in m.parameters(false)) w.clamp_max_(1).clamp_min_(-1); });
        }

        static class Trainer
        {
            static void After(Critic critic, IEnumerable<Tensor> batches)
            {
                var optimizer = optim.RMSProp(critic.parameters(), 5e-5);
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    critic.forward(x).mean().backward();
                    {|CLIP101:optimizer.step()|};
                    {{clamp}}
                }
            }

            static void Before(Critic critic, IEnumerable<Tensor> batches)
            {
                var optimizer = optim.RMSProp(critic.parameters(), 5e-5);
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    critic.forward(x).mean().backward();
                    {{clamp}}
                    {|CLIP101:optimizer.step()|};
                }
            }

            static void First(Critic critic, IEnumerable<Tensor> batches)
            {
                var optimizer = optim.RMSProp(critic.parameters(), 5e-5);
                foreach (var x in batches)
                {
                    {{clamp}}
                    optimizer.zero_grad();
                    critic.forward(x).mean().backward();
                    {|CLIP101:optimizer.step()|};
                }
            }

            static void BesidesAClip(Critic critic, IEnumerable<Tensor> batches)
            {
                var optimizer = optim.RMSProp(critic.parameters(), 5e-5);
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    critic.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(critic.parameters(), 1.0);
                    optimizer.step();
                    {{clamp}}
                }
            }
        }
        """);

    [Theory]
    [InlineData("critic.ClipGradientsOfLayer();")]
    [InlineData("""
        ClipWeights(critic);
        void ClipWeights(nn.Module m) { foreach (var p in m.parameters()) p.grad!.clamp_(-1, 1); }
        """)]
    [InlineData("""
        Clip(critic.parameters().Select(p => p.grad!));
        void Clip(IEnumerable<Tensor> all) { foreach (var t in all) t.clamp_(-1, 1); }
        """)]
    [InlineData("foreach (var p in critic.parameters()) Limit(p.grad!); void Limit(Tensor t) => t.clamp_(-1, 1);")]
    public Task Methods_with_such_names_that_clip_gradients_are_clips(string clip) => TorchTest.FileAsync(
        Critic + $$"""
        static class Trainer
        {
            static void Train(Critic critic, IEnumerable<Tensor> batches)
            {
                var optimizer = optim.RMSProp(critic.parameters(), 5e-5);
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    critic.forward(x).mean().backward();
                    {{clip}}
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task A_method_that_is_handed_weights_in_one_place_and_gradients_in_another() => TorchTest.FileAsync("""
        static class Trainer
        {
            static void Limit(Tensor tensor) => tensor.clamp_(-1, 1);

            static void Weights(Linear critic, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                critic.forward(x).mean().backward();
                Limit(critic.weight!);
                {|CLIP101:optimizer.step()|};
            }

            static void Gradients(Linear critic, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                critic.forward(x).mean().backward();
                Limit(critic.weight!.grad!);
                optimizer.step();
            }
        }
        """);
}
