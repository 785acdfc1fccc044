using ClipGen.Analyzers.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>The rules on the published TorchSharp, so that the stub cannot differ from it unnoticed.</summary>
public sealed class RealTorchSharpTests
{
    private static Task VerifyAsync(string source) => AnalyzerHarness.VerifyAsync(
        """
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        """ + source,
        [new TrainingLoopAnalyzer(), new ClipCallAnalyzer()],
        references: [.. AnalyzerHarness.Framework, AnalyzerHarness.RealTorchSharp]);

    [Fact]
    public Task Plain_and_clipped_loops() => VerifyAsync("""
        var model = nn.Sequential(("first", nn.Linear(10, 10)), ("relu", nn.ReLU()), ("second", nn.Linear(10, 1)));
        var optimizer = torch.optim.AdamW(model.parameters(), lr: 1e-3);
        var scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10);
        using var x = torch.randn(8, 10);
        using var y = torch.randn(8, 1);
        for (int i = 0; i < 10; i++)
        {
            optimizer.zero_grad();
            using var loss = nn.functional.mse_loss(model.forward(x), y);
            loss.backward();
            {|CLIP101:optimizer.step()|};
            scheduler.step();
        }

        for (int i = 0; i < 10; i++)
        {
            optimizer.zero_grad();
            using var loss = nn.functional.mse_loss(model.forward(x), y);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
            scheduler.step();
        }
        """);

    [Fact]
    public Task Every_optimizer_is_known() => VerifyAsync("""
        class Trainer
        {
            void Train(nn.Module<Tensor, Tensor> model, Tensor x, optim.Optimizer any)
            {
                var sgd = optim.SGD(model.parameters(), 0.1);
                var rms = optim.RMSProp(model.parameters());
                Adagrad adagrad = optim.Adagrad(model.parameters());
                model.zero_grad();
                model.call(x).mean().backward();
                {|CLIP101:sgd.step()|};
                {|CLIP101:rms.step()|};
                {|CLIP101:adagrad.step()|};
                {|CLIP101:any.step()|};
            }

            void Lbfgs(nn.Module<Tensor, Tensor> model, Tensor x)
            {
                var lbfgs = optim.LBFGS(model.parameters());
                lbfgs.step(() =>
                {
                    lbfgs.zero_grad();
                    var loss = model.call(x).mean();
                    loss.backward();
                    return loss;
                });
            }
        }
        """);

    [Fact]
    public Task Clips_of_every_kind_are_known() => VerifyAsync("""
        class Trainer
        {
            void Value(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                torch.autograd.backward(model.call(x).mean());
                nn.utils.clip_grad_value_(model.parameters(), 0.5);
                optimizer.step();
            }

            void ByHand(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, double limit)
            {
                optimizer.zero_grad();
                model.call(x).mean().backward();
                var norm = Math.Sqrt(model.parameters().Where(p => p.grad is not null).Sum(p => p.grad!.pow(2).sum().item<float>()));
                if (norm > limit)
                {
                    foreach (var p in model.parameters())
                        p.grad?.mul_(limit / norm);
                }

                optimizer.step();
            }

            void Norm(nn.Module<Tensor, Tensor> model) =>
                Console.WriteLine({|CLIP110:nn.utils.clip_grad_norm_(model.parameters(), double.PositiveInfinity)|});

            void Manual(nn.Module<Tensor, Tensor> model, Tensor x)
            {
                model.zero_grad();
                model.call(x).mean().backward();
                using (torch.no_grad())
                {
                    foreach (var p in model.parameters())
                        {|CLIP101:p.sub_(p.grad! * 0.1)|};
                }
            }
        }
        """);

    [Fact]
    public Task Misplaced_clips_are_known() => VerifyAsync("""
        class Trainer
        {
            void Train(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.call(x).mean().backward();
                optimizer.step();
                {|CLIP102:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
            }

            void Reset(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
            {
                model.call(x).mean().backward();
                {|CLIP104:optimizer.zero_grad()|};
                optimizer.step();
            }
        }
        """);
}
