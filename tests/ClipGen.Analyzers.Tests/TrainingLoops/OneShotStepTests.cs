namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Steps that a unit test makes once train nothing.</summary>
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
}
