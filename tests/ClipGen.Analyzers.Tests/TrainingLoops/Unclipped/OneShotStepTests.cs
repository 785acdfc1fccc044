namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>A single step in a unit test trains nothing.</summary>
public sealed class OneShotStepTests
{
    private const string Attributes = """
        sealed class FactAttribute : Attribute { }
        sealed class TheoryAttribute : Attribute { }
        sealed class TestAttribute : Attribute { }
        sealed class TestCaseAttribute(int value) : Attribute { public int Value => value; }
        sealed class TestMethodAttribute : Attribute { }
        sealed class TestClassAttribute : Attribute { }
        sealed class TestFixtureAttribute : Attribute { }

        """;

    [Theory]
    [InlineData("class Optimizers", "[Fact]")]
    [InlineData("class Optimizers", "[Theory]")]
    [InlineData("class Optimizers", "[Test]")]
    [InlineData("class Optimizers", "[TestCase(1)]")]
    [InlineData("class Optimizers", "[TestMethod]")]
    [InlineData("[TestClass] class Optimizers", "")]
    [InlineData("[TestFixture] class Optimizers", "")]
    [InlineData("static class SomeTests", "static")]
    [InlineData("class AdamTest", "")]
    public Task Test_methods(string type, string modifiers) => TorchTest.FileAsync(Attributes + $$"""
        {{type}}
        {
            {{modifiers}} void Once()
            {
                var lin = nn.Linear(1, 1);
                var opt = optim.Adam(lin.parameters(), 1e-3);
                nn.functional.mse_loss(lin.call(torch.rand(1)), torch.rand(1)).backward();
                opt.step();
            }

            {{modifiers}} void InALoop()
            {
                var lin = nn.Linear(1, 1);
                var opt = optim.Adam(lin.parameters(), 1e-3);
                for (int i = 0; i < 10; i++)
                {
                    opt.zero_grad();
                    nn.functional.mse_loss(lin.call(torch.rand(1)), torch.rand(1)).backward();
                    {|CLIP101:opt.step()|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("class Trainer", "")]
    [InlineData("class Contest", "")]
    [InlineData("class TestTimeAugmentation", "")]
    public Task Other_methods(string type, string modifiers) => TorchTest.FileAsync($$"""
        {{type}}
        {
            {{modifiers}} void Step()
            {
                var lin = nn.Linear(1, 1);
                var opt = optim.Adam(lin.parameters(), 1e-3);
                nn.functional.mse_loss(lin.call(torch.rand(1)), torch.rand(1)).backward();
                {|CLIP101:opt.step()|};
            }
        }
        """);

    [Fact]
    public Task Methods_of_a_test_class_that_are_called_in_a_loop() => TorchTest.FileAsync(Attributes + """
        class Optimizers
        {
            [Fact]
            void Converges()
            {
                var lin = nn.Linear(1, 1);
                var opt = optim.Adam(lin.parameters(), 1e-3);
                while (TrainOnce(lin, opt) > 0.1)
                {
                }

                StepOnce(lin, opt);
            }

            private static float TrainOnce(Linear lin, optim.Optimizer opt)
            {
                opt.zero_grad();
                var loss = lin.call(torch.rand(1)).mean();
                loss.backward();
                {|CLIP101:opt.step()|};
                return loss.item<float>();
            }

            private static void StepOnce(Linear lin, optim.Optimizer opt)
            {
                opt.zero_grad();
                lin.call(torch.rand(1)).mean().backward();
                opt.step();
            }
        }
        """);

    [Theory]
    [InlineData("class Optimizers", "[Fact]")]
    [InlineData("class Optimizers", "[Theory]")]
    [InlineData("class Optimizers", "[Test]")]
    [InlineData("class Optimizers", "[TestCase(1)]")]
    [InlineData("[TestClass] class Optimizers", "[TestMethod]")]
    [InlineData("class NetworkTests", "")]
    public Task Test_methods_of_a_network_written_by_hand(string type, string modifiers) => LoopTest.FileAsync(Attributes + $$"""
        sealed class Value
        {
            public double Data, Grad;
            public Action? Derive;
            public void Backward() { Grad = 1; Derive?.Invoke(); }
            public void Step(double rate) => Data -= rate * Grad;
        }

        sealed class Sgd(double learningRate)
        {
            public void Step(IEnumerable<Value> parameters) { foreach (var p in parameters) p.Data -= learningRate * p.Grad; }
        }

        sealed class Neuron
        {
            private readonly double[] _weights = [1, 2], _gradients = new double[2];
            public void Backward(double[] x, double error) { for (int i = 0; i < 2; i++) _gradients[i] += error * x[i]; }
            public void UpdateWeights(double rate) { for (int i = 0; i < 2; i++) _weights[i] -= rate * _gradients[i]; }
        }

        {{type}}
        {
            {{modifiers}} void Calls()
            {
                var loss = new Value();
                var sgd = new Sgd(0.1);
                loss.Backward();
                sgd.Step([loss]);
            }

            {{modifiers}} void Layer()
            {
                var neuron = new Neuron();
                neuron.Backward([1, 2], 0.5);
                neuron.UpdateWeights(0.1);
            }

            {{modifiers}} void WrittenOut()
            {
                var loss = new Value();
                loss.Backward();
                foreach (var p in new[] { loss }) p.Data -= 0.1 * p.Grad;
            }

            {{modifiers}} void InALoop()
            {
                var loss = new Value();
                var sgd = new Sgd(0.1);
                for (int i = 0; i < 10; i++)
                {
                    loss.Backward();
                    {|CLIP101:sgd.Step([loss])|};
                }
            }
        }
        """);
}
