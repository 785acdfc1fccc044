using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>Gradients that are not clipped, or only in part, although the program has a clip or no visible backward pass.</summary>
public sealed class MissedStepTests
{
    [Theory]
    [InlineData("for (int i = 0; i < ps.Count; i++) ps[i].grad = gs[i];", true)]
    [InlineData("foreach (var (p, g) in ps.Zip(gs)) p.grad = g;", true)]
    [InlineData("for (int i = 0; i < ps.Count; i++) { var g = gs[i].detach(); ps[i].grad = g; }", true)]
    [InlineData("for (int i = 0; i < ps.Count; i++) ps[i].grad = gs[i].clamp(-1, 1);", false)]
    [InlineData("foreach (var g in gs) g.clamp_(-1, 1); for (int i = 0; i < ps.Count; i++) ps[i].grad = gs[i];", false)]
    [InlineData("for (int i = 0; i < ps.Count; i++) ps[i].grad = gs[i]; nn.utils.clip_grad_norm_(ps, 1.0);", false)]
    [InlineData("Console.WriteLine(gs[0].norm());", false)]
    public Task Gradients_that_autograd_returns(string statements, bool isReported) => TorchTest.FileAsync($$"""
        static class Trainer
        {
            static void Run(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches)
            {
                var ps = m.parameters().ToList();
                foreach (var x in batches)
                {
                    var gs = torch.autograd.grad(new[] { m.forward(x).mean() }, ps.Cast<Tensor>().ToList());
                    {{statements}}
                    {{(isReported ? "{|CLIP101:o.step()|}" : "o.step()")}};
                    o.zero_grad();
                }
            }
        }
        """);

    [Fact]
    public Task Gradients_that_autograd_returns_do_not_add_up() => TorchTest.FileAsync("""
        static class Trainer
        {
            static void Run(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches)
            {
                var ps = m.parameters().ToArray();
                foreach (var x in batches)
                {
                    var gs = torch.autograd.grad([m.call(x).mean()], ps);
                    for (int i = 0; i < ps.Length; i++) ps[i].grad = gs[i];
                    {|CLIP101:o.step()|};
                }
            }
        }
        """);

    [Fact]
    public Task Clip_between_two_backward_passes() => TorchTest.FileAsync("""
        static class Trainer
        {
            static void OneNetwork(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    o.zero_grad();
                    m.forward(x).mean().backward(retain_graph: true);
                    {|CLIP103:nn.utils.clip_grad_norm_(m.parameters(), 1.0)|};
                    var second = m.forward(x).sum();
                    second.backward();
                    o.step();
                }
            }

            static void TwoNetworks(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic,
                optim.Optimizer actorOptimizer, optim.Optimizer criticOptimizer, Tensor x)
            {
                actorOptimizer.zero_grad();
                criticOptimizer.zero_grad();
                actor.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(actor.parameters(), 1.0);
                critic.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(critic.parameters(), 1.0);
                actorOptimizer.step();
                criticOptimizer.step();
            }

            static void UnknownLosses(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic,
                optim.Optimizer actorOptimizer, optim.Optimizer criticOptimizer, Func<Tensor> loss)
            {
                actorOptimizer.zero_grad();
                criticOptimizer.zero_grad();
                loss().backward();
                nn.utils.clip_grad_norm_(actor.parameters(), 1.0);
                loss().backward();
                nn.utils.clip_grad_norm_(critic.parameters(), 1.0);
                actorOptimizer.step();
                criticOptimizer.step();
            }

            static void OneOptimizerForBoth(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic, optim.Optimizer o, Tensor x)
            {
                o.zero_grad();
                actor.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(actor.parameters(), 1.0);
                critic.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(critic.parameters(), 1.0);
                o.step();
            }

            static void OnlyWhenThereIsAnAuxiliaryLoss(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x, bool auxiliary)
            {
                o.zero_grad();
                m.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(m.parameters(), 1.0);
                if (auxiliary)
                    m.forward(x).sum().backward();
                o.step();
            }
        }
        """);

    [Theory]
    [InlineData("m.parameters().Take(2)", true)]
    [InlineData("m.parameters().Skip(1)", true)]
    [InlineData("m.parameters().ToList().GetRange(0, 2)", true)]
    [InlineData("m.parameters().ToArray()[..2]", true)]
    [InlineData("new[] { m.parameters().First() }", true)]
    [InlineData("some", true)]
    [InlineData("new[] { first }", true)]
    [InlineData("m.parameters().Where(p => p.requires_grad)", false)]
    [InlineData("m.parameters().ToList()", false)]
    [InlineData("m.parameters()", false)]
    public Task Clip_of_some_parameters(string parameters, bool isReported) => TorchTest.FileAsync($$"""
        static class Trainer
        {
            static void Run(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches)
            {
                var first = m.parameters().First();
                var some = m.parameters().Take(1).ToList();
                foreach (var x in batches)
                {
                    o.zero_grad();
                    m.forward(x).mean().backward();
                    {{(isReported ? "{|CLIP106:" : "")}}nn.utils.clip_grad_norm_({{parameters}}, 1.0){{(isReported ? "|}" : "")}};
                    o.step();
                }
            }

            static void AllTheSame(nn.Module<Tensor, Tensor> m, Tensor x)
            {
                var head = m.parameters().Take(2).ToList();
                var o = optim.Adam(head, 1);
                o.zero_grad();
                m.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(m.parameters().Take(2), 1.0);
                o.step();
            }

            static void InTwoParts(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
            {
                o.zero_grad();
                m.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(m.parameters().Take(2), 1.0);
                nn.utils.clip_grad_norm_(m.parameters().Skip(2), 0.1);
                o.step();
            }
        }
        """);

    [Theory]
    [InlineData("static optim.Optimizer Make(nn.Module n) => optim.Adam(n.parameters(), 1);", "Make(actor)", "Make(critic)")]
    [InlineData("static optim.Optimizer Make(nn.Module n) { var o = optim.SGD(n.parameters(), 1); return o; }", "Make(actor)",
        "Make(critic)")]
    [InlineData("static optim.Optimizer Make(IEnumerable<Parameter> ps, double rate) => optim.Adam(ps, rate);",
        "Make(actor.parameters(), 1)", "Make(critic.parameters(), 1)")]
    [InlineData("""
        static optim.Optimizer Make(nn.Module n) => Inner(n.parameters());
        static optim.Optimizer Inner(IEnumerable<Parameter> ps) => optim.Adam(ps);
        """, "Make(actor)", "Make(critic)")]
    [InlineData("""
        static optim.Optimizer Make(nn.Module n, bool adam)
        {
            if (adam) return optim.Adam(n.parameters(), 1);
            return optim.SGD(n.parameters(), 1);
        }
        """, "Make(actor, true)", "Make(critic, false)")]
    public Task Optimizers_that_a_method_makes(string method, string first, string second) => TorchTest.FileAsync($$"""
        static class Trainer
        {
            {{method}}

            static void OneIsClipped(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic, IEnumerable<Tensor> batches)
            {
                var ao = {{first}};
                var co = {{second}};
                foreach (var x in batches)
                {
                    ao.zero_grad();
                    co.zero_grad();
                    (actor.forward(x) + critic.forward(x)).mean().backward();
                    nn.utils.clip_grad_norm_(actor.parameters(), 0.5);
                    ao.step();
                    {|CLIP101:co.step()|};
                }
            }

            static void BothAreClipped(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic, Tensor x)
            {
                var ao = {{first}};
                var co = {{second}};
                ao.zero_grad();
                co.zero_grad();
                (actor.forward(x) + critic.forward(x)).mean().backward();
                nn.utils.clip_grad_norm_(actor.parameters(), 0.5);
                nn.utils.clip_grad_norm_(critic.parameters(), 0.5);
                ao.step();
                co.step();
            }
        }
        """);

    [Fact]
    public Task Lbfgs_that_a_method_makes() => TorchTest.FileAsync("""
        static class Trainer
        {
            static optim.Optimizer Make(nn.Module n) => optim.LBFGS(n.parameters(), 1);

            static void Run(nn.Module<Tensor, Tensor> m, Tensor x)
            {
                var o = Make(m);
                for (int i = 0; i < 10; i++)
                    o.step(() => { o.zero_grad(); var loss = m.forward(x).mean(); loss.backward(); return loss; });
            }
        }
        """);

    [Fact]
    public Task One_optimizer_over_the_parameters_of_a_collection_expression()
    {
        if (typeof(CSharpCompilation).Assembly.GetName().Version < new Version(4, 10))
            Assert.Skip("This compiler describes spread elements to no analyzer.");
        return One_optimizer_over_two_networks("""
            List<Parameter> all = [.. actor.parameters(), .. critic.parameters()];
            var o = optim.Adam(all, 1);
            """);
    }

    [Theory]
    [InlineData("var o = optim.Adam(actor.parameters().Concat(critic.parameters()), 1);")]
    [InlineData("""
        var all = new List<Parameter>();
        all.AddRange(actor.parameters());
        all.AddRange(critic.parameters());
        var o = optim.Adam(all, 1);
        """)]
    [InlineData("var all = actor.parameters().ToList(); all.AddRange(critic.parameters()); var o = optim.SGD(all, 1);")]
    [InlineData("var o = optim.Adam(new[] { actor, critic }.SelectMany(n => n.parameters()), 1);")]
    [InlineData("var o = optim.Adam(new[] { new Adam.ParamGroup(actor.parameters()), new Adam.ParamGroup(critic.parameters()) });")]
    [InlineData("var o = Both(actor, critic);")]
    public Task One_optimizer_over_two_networks(string creation) => TorchTest.FileAsync($$"""
        static class Trainer
        {
            static optim.Optimizer Both(nn.Module a, nn.Module b) => optim.Adam(a.parameters().Concat(b.parameters()), 1);

            static void OneIsClipped(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic, IEnumerable<Tensor> batches)
            {
                {{creation}}
                foreach (var x in batches)
                {
                    o.zero_grad();
                    (actor.forward(x) + critic.forward(x)).mean().backward();
                    {|CLIP106:nn.utils.clip_grad_norm_(actor.parameters(), 0.5)|};
                    o.step();
                }
            }

            static void OneIsClippedByHand(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic, IEnumerable<Tensor> batches)
            {
                {{creation}}
                foreach (var x in batches)
                {
                    o.zero_grad();
                    (actor.forward(x) + critic.forward(x)).mean().backward();
                    foreach (var p in actor.parameters())
                        {|CLIP106:p.grad!.clamp_(-1, 1)|};
                    o.step();
                }
            }

            static void BothAreClipped(nn.Module<Tensor, Tensor> actor, nn.Module<Tensor, Tensor> critic, Tensor x)
            {
                {{creation}}
                o.zero_grad();
                (actor.forward(x) + critic.forward(x)).mean().backward();
                nn.utils.clip_grad_norm_(actor.parameters(), 0.5);
                nn.utils.clip_grad_norm_(critic.parameters(), 0.5);
                o.step();
            }
        }
        """);

    [Theory]
    [InlineData("""
        for (int j = 0; j < k; j++)
        {
            (m.forward(d[j]).mean() / k).backward();
            {|CLIP105:nn.utils.clip_grad_norm_(m.parameters(), 1.0)|};
        }
        """)]
    [InlineData("""
        foreach (var x in d)
        {
            (m.forward(x).mean() / k).backward();
            foreach (var p in m.parameters()) {|CLIP105:p.grad!.clamp_(-1, 1)|};
        }
        """)]
    [InlineData("""
        int j = 0;
        while (j < k) { m.forward(d[j++]).mean().backward(); {|CLIP105:nn.utils.clip_grad_value_(m.parameters(), 1.0)|}; }
        """)]
    [InlineData("""
        for (int j = 0; j < k; j++)
        {
            using var scope = NewDisposeScope();
            m.forward(d[j]).mean().backward();
            {|CLIP105:nn.utils.clip_grad_norm_(m.parameters(), 1.0)|};
        }
        """)]
    [InlineData("""
        for (int j = 0; j < k; j++) m.forward(d[j]).mean().backward();
        nn.utils.clip_grad_norm_(m.parameters(), 1.0);
        """)]
    [InlineData("""
        for (int j = 0; j < k; j++)
        {
            m.zero_grad();
            m.forward(d[j]).mean().backward();
            nn.utils.clip_grad_norm_(m.parameters(), 1.0);
        }
        """)]
    [InlineData("""
        for (int j = 0; j < k; j++)
        {
            many[j].forward(d[j]).mean().backward();
            nn.utils.clip_grad_norm_(many[j].parameters(), 1.0);
        }
        """)]
    [InlineData("""
        foreach (var each in many)
        {
            each.forward(d[0]).mean().backward();
            nn.utils.clip_grad_norm_(each.parameters(), 1.0);
        }
        """)]
    [InlineData("""
        for (int j = 0; j < k; j++) { m.forward(d[j]).mean().backward(); nn.utils.clip_grad_norm_(m.parameters(), 1.0); }
        nn.utils.clip_grad_norm_(m.parameters(), 1.0);
        """)]
    public Task Clip_in_an_inner_loop_over_micro_batches(string inner) => TorchTest.FileAsync($$"""
        static class Trainer
        {
            static void Run(nn.Module<Tensor, Tensor> m, List<nn.Module<Tensor, Tensor>> many, optim.Optimizer o, List<Tensor> d,
                int steps, int k)
            {
                for (int s = 0; s < steps; s++)
                {
                    o.zero_grad();
                    {{inner}}
                    o.step();
                }
            }
        }
        """);
}
