namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>
/// A method that has an attribute, or is named in the options, has the declared role, whatever it calls and whatever the name of its class
/// is.
/// </summary>
public sealed class MarkTests
{
    private const string Net = """
        [ClipGradNorm(1.0)]
        partial class Network
        {
            public double[] W = new double[4];
            [Gradient] public double[] dW = new double[4];
            public ClipResult ClipGradients() => default;
            [BackwardPass] public void Differentiate() { for (int i = 0; i < 4; i++) dW[i] += W[i] - 1; }
        }


        """;

    private static string Loop(string step) => $$"""
        class Trainer
        {
            private readonly {{step}} _steps = new();

            void Unclipped(Network net)
            {
                for (int i = 0; i < 10; i++)
                {
                    net.Differentiate();
                    {|CLIP101:_steps.Run(net)|};
                }
            }

            void Clipped(Network net)
            {
                for (int i = 0; i < 10; i++)
                {
                    net.Differentiate();
                    net.ClipGradients();
                    _steps.Run(net);
                }
            }

            void Late(Network net)
            {
                for (int i = 0; i < 10; i++)
                {
                    net.Differentiate();
                    _steps.Run(net);
                    {|CLIP102:net.ClipGradients()|};
                }
            }
        }
        """;

    [Theory]
    [InlineData("Adam", "Update")]
    [InlineData("Adam", "UpdateWeights")]
    [InlineData("Sgd", "Apply")]
    [InlineData("MyOptimizer", "Step")]
    [InlineData("Rule", "ApplyGradients")]
    [InlineData("Rule", "Backward")]
    [InlineData("Rule", "ZeroGrad")]
    [InlineData("Rule", "Touch")]
    public async Task Step_whatever_its_class_and_what_it_calls_are_named(string type, string inner)
    {
        string source = $$"""
            class {{type}}
            {
                public void Run(Network net) { {{inner}}(net.W, net.dW); Array.Clear(net.dW); }
                void {{inner}}(double[] w, double[] g) { for (int i = 0; i < w.Length; i++) w[i] -= 0.1 * g[i]; }
            }


            """;
        await LoopTest.FileAsync(Net + source.Replace("public void Run", "[OptimizerStep] public void Run") + Loop(type));
        await LoopTest.FileAsync(Net + source + Loop(type), ("clipgen.step_methods", $"{type}.Run"));
    }

    [Fact]
    public Task Local_functions() => LoopTest.FileAsync(Net + """
        class Trainer
        {
            void Unclipped(Network net)
            {
                net.Differentiate();
                {|CLIP101:Run()|};
                Forget();

                [OptimizerStep] void Run() { Update(net.W, net.dW); }
                [GradientReset] void Forget() => net.dW[0] = 1;
                void Update(double[] w, double[] g) { for (int i = 0; i < w.Length; i++) w[i] -= 0.1 * g[i]; }
            }

            void Clipped(Network net)
            {
                net.Differentiate();
                Bound();
                Run();

                [OptimizerStep] void Run() { net.dW[0] = 0; }
                [GradientClipping] void Bound() => net.dW[0] = 1;
            }
        }
        """);

    [Fact]
    public Task Step_that_cannot_be_read() => LoopTest.FileAsync(Net + """
        class Native
        {
            [System.Runtime.InteropServices.DllImport("x")] private static extern void update(double[] w, double[] g);
            [OptimizerStep] public void Run(Network net) { update(net.W, net.dW); Array.Clear(net.dW); }
        }


        """ + Loop("Native"));

    [Theory]
    [InlineData("net.ClipGradients(); Update(net);")]
    [InlineData("Bound(net); Update(net);")]
    [InlineData("if (_isBounded) Bound(net); Update(net); Array.Clear(net.dW);")]
    public Task Step_that_clips_first(string body) => LoopTest.FileAsync(Net + $$"""
        class Adam
        {
            private readonly bool _isBounded = true;

            [OptimizerStep] public void Run(Network net) { {{body}} }
            void Update(Network net) { for (int i = 0; i < 4; i++) net.W[i] -= 0.1 * net.dW[i]; }
            [GradientClipping] void Bound(Network net) { for (int i = 0; i < 4; i++) net.dW[i] *= 0.5; }
        }

        class Trainer
        {
            void Train(Network net, Adam adam)
            {
                net.Differentiate();
                adam.Run(net);
            }
        }
        """);

    [Fact]
    public Task Backward_pass_that_clips_last() => LoopTest.FileAsync("""
        class Network
        {
            private readonly double[] _w = new double[4], _dW = new double[4];

            [BackwardPass] public void Run() { for (int i = 0; i < 4; i++) _dW[i] += _w[i]; Gradients.ClipNorm(1.0, _dW); }
            [OptimizerStep] public void Descend() { for (int i = 0; i < 4; i++) _w[i] -= _dW[i]; }
        }

        class Trainer
        {
            void Train(Network net)
            {
                net.Run();
                net.Descend();
            }
        }
        """);

    private const string Interfaces = """
        interface INetwork { void Run(float[] x); }

        interface IOptimizer { void Advance(INetwork net); void Forget(INetwork net); void Bound(INetwork net); }

        abstract class Rule
        {
            public abstract void Move(INetwork net);
        }

        class Network : INetwork
        {
            [BackwardPass] public void Run(float[] x) { }
        }

        class Adam : Rule, IOptimizer
        {
            [OptimizerStep] public void Advance(INetwork net) { }
            [GradientReset] void IOptimizer.Forget(INetwork net) { }
            [GradientClipping] public void Bound(INetwork net) { }
            [OptimizerStep] public override void Move(INetwork net) { }
        }


        """;

    [Fact]
    public Task On_the_only_implementation() => LoopTest.FileAsync(Interfaces + """
        class Trainer<TNet>(TNet net, IOptimizer optimizer, Rule rule) where TNet : INetwork
        {
            void ByInterface()
            {
                for (int i = 0; i < 3; i++)
                {
                    optimizer.Forget(net);
                    net.Run([1, 2]);
                    {|CLIP101:optimizer.Advance(net)|};
                }
            }

            void ByBaseClass()
            {
                net.Run([1, 2]);
                {|CLIP101:rule.Move(net)|};
            }

            void Clipped()
            {
                net.Run([1, 2]);
                optimizer.Bound(net);
                optimizer.Advance(net);
            }

            void Late()
            {
                net.Run([1, 2]);
                optimizer.Advance(net);
                {|CLIP102:optimizer.Bound(net)|};
            }

            void TooEarly()
            {
                net.Run([1, 2]);
                optimizer.Bound(net);
                {|CLIP104:optimizer.Forget(net)|};
                optimizer.Advance(net);
            }
        }
        """);

    [Fact]
    public Task On_an_inherited_implementation() => LoopTest.FileAsync("""
        interface INetwork { void Run(); }

        interface IRule { void Advance(); }

        interface ISgd : IRule { }

        class Layers { [BackwardPass] public void Run() { } }

        class Network : Layers, INetwork { }

        class Stepping<T> { [OptimizerStep] public void Advance() { } }

        class Sgd : Stepping<float>, ISgd { }

        class Trainer
        {
            void Train(INetwork net, IRule rule)
            {
                net.Run();
                {|CLIP101:rule.Advance()|};
            }
        }
        """);

    [Fact]
    public Task On_each_of_several_implementations() => LoopTest.FileAsync(Interfaces + """
        class Sgd : IOptimizer
        {
            [OptimizerStep] public void Advance(INetwork net) { }
            [GradientReset] public void Forget(INetwork net) { }
            [GradientClipping] public void Bound(INetwork net) { }
        }

        class Trainer
        {
            void Train(INetwork net, IOptimizer optimizer)
            {
                net.Run([1, 2]);
                {|CLIP101:optimizer.Advance(net)|};
            }

            void Clipped(INetwork net, IOptimizer optimizer)
            {
                net.Run([1, 2]);
                optimizer.Bound(net);
                optimizer.Advance(net);
            }
        }
        """);

    [Fact]
    public Task Passed_as_a_method_group() => LoopTest.FileAsync(Net + """
        class Trainer
        {
            [GradientClipping] void Bound() { }
            [OptimizerStep] void Advance() { }

            static void Run(Action first, Action second) { first(); second(); }

            void Clipped(Network net)
            {
                net.Differentiate();
                Run(Bound, Advance);
            }

            void Unclipped(Network net)
            {
                net.Differentiate();
                {|CLIP101:Run(Advance, () => { })|};
            }
        }
        """);
}
