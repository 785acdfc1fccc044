namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where code that the analyzer does not see may clip: elsewhere in the project, or in another assembly.</summary>
public sealed class OutOfSightTests
{
    [Theory]
    [InlineData("Action<IEnumerable<Parameter>> act", "act(m.parameters())", false)]
    [InlineData("Action<List<Parameter>, int> act", "act(m.parameters().ToList(), 1)", false)]
    [InlineData("Action<Parameter[]>? act", "act?.Invoke(m.parameters().ToArray())", false)]
    [InlineData("Action<IEnumerable<(string name, Parameter parameter)>> act", "act(m.named_parameters())", false)]
    [InlineData("Action<IEnumerable<Tensor>> act", "act(m.parameters())", false)]
    [InlineData("Action<Tensor> act", "foreach (var p in m.parameters()) act(p.grad!)", false)]
    [InlineData("Action<Parameter> act", "foreach (var p in m.parameters()) act(p)", false)]
    [InlineData("Action<nn.Module> act", "act(m)", false)]
    [InlineData("ITransform act", "act.Apply(m.parameters())", false)]
    [InlineData("ITransform act", "act.ApplyAll(m.named_parameters())", false)]
    [InlineData("ITransform act", "act.Look(m.parameters())", true)]
    [InlineData("Action<Tensor> act", "act(x)", true)]
    [InlineData("Action<float> act", "act(1f)", true)]
    [InlineData("Action<IEnumerable<Tensor>> act", "act(new[] { x })", true)]
    [InlineData("Func<IEnumerable<Parameter>, double> act", "Console.WriteLine(act(m.parameters()))", true)]
    [InlineData("Action<int> act", "act(m.parameters().Count())", true)]
    public Task Delegates_and_interfaces_that_are_handed_parameters(string parameter, string call, bool isReported) =>
        TorchTest.FileAsync($$"""
        public interface ITransform
        {
            void Apply(IEnumerable<Parameter> parameters);
            void ApplyAll(IEnumerable<(string name, Parameter parameter)> parameters);
            double Look(IEnumerable<Parameter> parameters);
        }

        public static class Trainer
        {
            public static void Train(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches, {{parameter}})
            {
                foreach (var x in batches)
                {
                    o.zero_grad();
                    m.forward(x).mean().backward();
                    {{call}};
                    {{(isReported ? "{|CLIP101:o.step()|}" : "o.step()")}};
                }
            }
        }
        """);

    [Theory]
    [InlineData("public class Base", "protected virtual void OnGradients(nn.Module net) { }", "OnGradients(m)", false)]
    [InlineData("public class Base", "public virtual void OnGradients(IEnumerable<Parameter> ps) { }", "OnGradients(m.parameters())",
        false)]
    [InlineData("public class Base", "protected virtual Task OnGradientsAsync(optim.Optimizer o) => Task.CompletedTask;",
        "OnGradientsAsync(o)", false)]
    [InlineData("public abstract class Base", "protected virtual void OnAfterBackward(nn.Module net) { return; }", "OnAfterBackward(m)",
        false)]
    [InlineData("public class Base", "protected virtual void OnGradients(nn.Module net) => Console.WriteLine(net);", "OnGradients(m)",
        true)]
    [InlineData("public class Base", "protected virtual void OnGradients(float loss) { }", "OnGradients(1f)", true)]
    [InlineData("public class Base", "private void OnGradients(nn.Module net) { }", "OnGradients(m)", true)]
    [InlineData("internal class Base", "public virtual void OnGradients(nn.Module net) { }", "OnGradients(m)", true)]
    public Task Hooks_that_a_library_leaves_empty(string type, string hook, string call, bool isReported) => TorchTest.FileAsync($$"""
        {{type}}
        {
            {{hook}}

            public void Run(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    o.zero_grad();
                    m.forward(x).mean().backward();
                    {{call}};
                    {{(isReported ? "{|CLIP101:o.step()|}" : "o.step()")}};
                }
            }
        }
        """);

    [Theory]
    [InlineData("partial void BeforeStep() => nn.utils.clip_grad_norm_(net.parameters(), 1.0);", false)]
    [InlineData("partial void BeforeStep() { foreach (var p in net.parameters()) p.grad!.clamp_(-1, 1); }", false)]
    [InlineData("partial void BeforeStep() => Console.WriteLine(net);", true)]
    [InlineData("", true)]
    public Task Partial_methods(string implementation, bool isReported) => TorchTest.FileAsync($$"""
        partial class T
        {
            readonly nn.Module<Tensor, Tensor> net = nn.Linear(1, 1);
            readonly optim.Optimizer opt;
            public T() => opt = optim.SGD(net.parameters(), 0.1);
            partial void BeforeStep();

            void Run(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    opt.zero_grad();
                    net.forward(x).mean().backward();
                    BeforeStep();
                    {{(isReported ? "{|CLIP101:opt.step()|}" : "opt.step()")}};
                }
            }
        }

        partial class T { {{implementation}} }
        """);

    [Fact]
    public Task Partial_method_with_parameters_and_a_result() => TorchTest.FileAsync("""
        partial class T
        {
            public partial double Bound(nn.Module module, double limit);

            void Clipped(nn.Module<Tensor, Tensor> net, nn.Module<Tensor, Tensor> other, Tensor x)
            {
                var opt = optim.SGD(net.parameters(), 0.1);
                opt.zero_grad();
                net.forward(x).mean().backward();
                Console.WriteLine(Bound(net, 1));
                opt.step();
            }

            void OtherClipped(Tensor x)
            {
                var net = nn.Linear(1, 1);
                var other = nn.Linear(1, 1);
                var opt = optim.SGD(net.parameters(), 0.1);
                opt.zero_grad();
                (net.forward(x) + other.forward(x)).mean().backward();
                {|CLIP106:Bound(other, 1)|};
                opt.step();
            }
        }

        partial class T
        {
            public partial double Bound(nn.Module module, double limit) => nn.utils.clip_grad_norm_(module.parameters(), limit);
        }
        """);

    [Theory]
    [InlineData("((LBFGS)o).step(Closure);", false)]
    [InlineData("(o as LBFGS)!.step(Closure);", false)]
    [InlineData("(o as LBFGS)?.step(Closure);", false)]
    [InlineData("((LBFGS)(object)o).step(() => Closure());", false)]
    [InlineData("var l = (LBFGS)o; l.step(Closure);", false)]
    [InlineData("if (o is LBFGS l) l.step(Closure);", false)]
    [InlineData("if (o is LBFGS) o.step(Closure);", false)]
    [InlineData("if (o is LBFGS && i > 0) { o.step(() => Closure()); }", false)]
    [InlineData("if (o is Adam) {|CLIP101:o.step(Closure)|};", true)]
    [InlineData("if (o is LBFGS) Console.WriteLine(i); else {|CLIP101:o.step(Closure)|};", true)]
    [InlineData("switch (o) { case LBFGS l: l.step(Closure); break; }", false)]
    [InlineData("{|CLIP101:((Adam)o).step(Closure)|};", true)]
    [InlineData("{|CLIP101:(o as SGD)!.step(Closure)|};", true)]
    public Task Lbfgs_behind_a_cast(string step, bool isReported)
    {
        Assert.Equal(isReported, step.Contains("CLIP101", StringComparison.Ordinal));
        return TorchTest.FileAsync($$"""
            static class A
            {
                static void Run(nn.Module<Tensor, Tensor> m, Tensor x, optim.Optimizer o)
                {
                    for (int i = 0; i < 5; i++)
                    {
                        {{step}}
                    }

                    Tensor Closure()
                    {
                        o.zero_grad();
                        var loss = m.forward(x).sum();
                        loss.backward();
                        return loss;
                    }
                }
            }
            """);
    }
}
