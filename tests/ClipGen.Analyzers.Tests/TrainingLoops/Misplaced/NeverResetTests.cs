namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP107: gradients are never reset.</summary>
public sealed class NeverResetTests
{
    [Fact]
    public Task Gradients_that_are_never_reset() => LoopTest.FileAsync("""
        sealed class Trainer
        {
            void Train(Net model, List<Tensor> batches)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    {|CLIP107:optimizer.step()|};
                }
            }
        }

        sealed class ResettingTrainer
        {
            void Train(Net model, List<Tensor> batches)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    optimizer.step();
                    foreach (var p in model.parameters())
                        p.grad?.zero_();
                }
            }
        }

        sealed class DelegatingTrainer
        {
            void Train(Net model, List<Tensor> batches, Action<optim.Optimizer> afterwards)
            {
                var optimizer = optim.Adam(model.parameters());
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    optimizer.step();
                    afterwards(optimizer);
                }
            }
        }

        sealed class SingleStep
        {
            void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                model.forward(x).mean().backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
            }
        }
        """);
}
