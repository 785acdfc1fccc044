namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>Gradients of inputs, which train no network: saliency maps, adversarial examples, optimized images.</summary>
public sealed class InputGradientTests
{
    [Theory]
    [InlineData("model.call(image).mean().backward(); image.add_(image.grad! * 0.1);")]
    [InlineData("model.call(image).mean().backward(); using (no_grad()) image.sub_(rate * image.grad!);")]
    [InlineData("""
        var adversarial = image + delta;
        model.call(adversarial).mean().backward();
        delta.add_(delta.grad!, alpha: rate);
        """)]
    [InlineData("""
        model.forward(torch.clamp(image + delta, 0, 1)).mean().backward();
        delta.copy_(delta + rate * delta.grad!);
        """)]
    [InlineData("Loss(model, image).backward(); image.sub_(image.grad! * rate);")]
    [InlineData("""
        var optimizer = optim.Adam(new[] { image }.Select(t => new Parameter(t)));
        model.call(image).mean().backward();
        var saliency = image.grad!.abs();
        """)]
    [InlineData("""
        var optimizer = optim.Adam(new[] { new Parameter(image) });
        model.call(image).mean().backward();
        optimizer.step();
        """)]
    [InlineData("""
        var pixels = new Parameter(image);
        var optimizer = optim.Adam(new[] { pixels });
        model.call(pixels).mean().backward();
        optimizer.step();
        """)]
    public Task No_training(string statements) => TorchTest.FileAsync($$"""
        static class Attack
        {
            static Tensor Loss(nn.Module<Tensor, Tensor> model, Tensor x) => model.call(x).mean();

            static void Run(nn.Module<Tensor, Tensor> model, Tensor image, Tensor delta, double rate)
            {
                image.requires_grad = true;
                for (int i = 0; i < 10; i++)
                {
                    {{statements}}
                }
            }
        }
        """);

    [Fact]
    public Task Weights_by_hand_are_trained() => TorchTest.FileAsync("""
        static class Regression
        {
            static void Plain(Tensor x, Tensor y)
            {
                var w = torch.randn(3, 1, requires_grad: true);
                for (int i = 0; i < 10; i++)
                {
                    var loss = (x.mm(w) - y).pow(2).mean();
                    loss.backward();
                    using (no_grad())
                    {
                        {|CLIP101:w.sub_(0.1 * w.grad!)|};
                        w.grad!.zero_();
                    }
                }
            }

            static void WithALossModule(Tensor x, Tensor y, MSELoss criterion)
            {
                var w = torch.randn(3, 1, requires_grad: true);
                for (int i = 0; i < 10; i++)
                {
                    criterion.forward(x.mm(w), y).backward();
                    using (no_grad())
                    {
                        {|CLIP101:w.sub_(0.1 * w.grad!)|};
                        w.grad!.zero_();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Training_on_adversarial_examples() => TorchTest.FileAsync("""
        static class Adversarial
        {
            static void Unclipped(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
            {
                for (int i = 0; i < 10; i++)
                {
                    x.requires_grad = true;
                    model.call(x).mean().backward();
                    x.grad!.clamp_(-1, 1);
                    using (no_grad())
                        x.add_(x.grad! * 0.1);
                    optimizer.zero_grad();
                    model.call(x).mean().backward();
                    {|CLIP101:optimizer.step()|};
                }
            }

            static void ClipOfTheInputOnly(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
            {
                for (int i = 0; i < 10; i++)
                {
                    optimizer.zero_grad();
                    model.call(x).mean().backward();
                    x.grad!.clamp_(-1, 1);
                    {|CLIP101:optimizer.step()|};
                }
            }

            static void Clipped(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
            {
                for (int i = 0; i < 10; i++)
                {
                    optimizer.zero_grad();
                    model.call(x).mean().backward();
                    foreach (var p in model.parameters())
                        p.grad!.clamp_(-1, 1);
                    x.add_(x.grad! * 0.1);
                    optimizer.step();
                }
            }
        }
        """);
}
