namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where an override or an implementation of an interface may clip.</summary>
public sealed class OverrideTests
{
    [Fact]
    public Task Override_that_clips_counts_for_the_base() => LoopTest.FileAsync("""
        class Agent
        {
            protected readonly Net model = new();
            protected readonly optim.Optimizer optimizer;
            public Agent() => optimizer = optim.Adam(model.parameters());

            public void Learn(Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                Step();
            }

            protected virtual void Step() => optimizer.step();
        }

        sealed class ClippedAgent : Agent
        {
            protected override void Step()
            {
                nn.utils.clip_grad_norm_(model.parameters(), 0.5);
                base.Step();
            }
        }
        """);

    [Fact]
    public Task Override_that_does_not_clip_does_not_count() => LoopTest.FileAsync("""
        class Agent
        {
            protected readonly Net model = new();
            protected readonly optim.Optimizer optimizer;
            public Agent() => optimizer = optim.Adam(model.parameters());

            public void Learn(Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                {|CLIP101:Step()|};
            }

            protected virtual void Step() => optimizer.step();
        }

        sealed class LoggingAgent : Agent
        {
            protected override void Step()
            {
                Console.WriteLine("step");
                base.Step();
            }
        }
        """);

    [Fact]
    public Task Hook_method_that_an_override_clips_in() => LoopTest.FileAsync("""
        abstract class Trainer
        {
            protected readonly Net model = new();
            protected abstract void BeforeOptimizerStep();

            public void Fit(List<Tensor> batches)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    model.forward(x).mean().backward();
                    BeforeOptimizerStep();
                    optimizer.step();
                }
            }
        }

        sealed class ClippingTrainer : Trainer
        {
            protected override void BeforeOptimizerStep() => nn.utils.clip_grad_value_(model.parameters(), 1.0);
        }
        """);

    [Fact]
    public Task Interface_with_an_implementation_that_clips() => LoopTest.FileAsync("""
        interface IGradientPolicy { void AfterBackward(Net model); }

        sealed class NormPolicy : IGradientPolicy
        {
            public void AfterBackward(Net model) => nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        }

        sealed class Trainer(IGradientPolicy policy)
        {
            public void Fit(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                policy.AfterBackward(model);
                optimizer.step();
            }
        }
        """);
}
