namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>Gradients that are computed for one network and applied to another one, as by the workers of A3C.</summary>
public sealed class TransferredGradientTests
{
    [Theory]
    [InlineData("foreach (var (g, l) in global.parameters().Zip(local.parameters())) g.grad = l.grad!.clone();")]
    [InlineData("foreach (var (g, l) in global.parameters().Zip(local.parameters())) g.grad = l.grad;")]
    [InlineData("foreach (var (g, l) in global.parameters().Zip(local.parameters())) g.grad!.copy_(l.grad!);")]
    [InlineData("foreach (var (g, l) in global.parameters().Zip(local.parameters())) g.grad!.add_(l.grad!);")]
    [InlineData("Share(local, global);")]
    [InlineData("""
        var gs = global.parameters().ToList();
        var ls = local.parameters().ToList();
        for (int i = 0; i < gs.Count; i++) gs[i].grad = ls[i].grad!.cpu();
        """)]
    public Task Reset_of_the_network_that_gets_the_gradients(string transfer) => TorchTest.FileAsync($$"""
        static class A
        {
            static void Share(nn.Module from, nn.Module to)
            {
                foreach (var (source, target) in from.parameters().Zip(to.parameters()))
                    target.grad = source.grad;
            }

            static void Clipped(nn.Module<Tensor, Tensor> global, nn.Module<Tensor, Tensor> local,
                optim.Optimizer optimizer, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    local.zero_grad();
                    local.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(local.parameters(), 40.0);
                    optimizer.zero_grad();
                    {{transfer}}
                    optimizer.step();
                }
            }

            static void ClippedAfterwards(nn.Module<Tensor, Tensor> global, nn.Module<Tensor, Tensor> local,
                optim.Optimizer optimizer, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    local.zero_grad();
                    local.forward(x).mean().backward();
                    optimizer.zero_grad();
                    {{transfer}}
                    nn.utils.clip_grad_norm_(global.parameters(), 40.0);
                    optimizer.step();
                }
            }

            static void Unclipped(nn.Module<Tensor, Tensor> global, nn.Module<Tensor, Tensor> local,
                optim.Optimizer optimizer, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    local.zero_grad();
                    local.forward(x).mean().backward();
                    optimizer.zero_grad();
                    {{transfer}}
                    {|CLIP101:optimizer.step()|};
                }
            }

            static void ResetOfTheSource(nn.Module<Tensor, Tensor> global, nn.Module<Tensor, Tensor> local,
                optim.Optimizer optimizer, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    local.forward(x).mean().backward();
                    {{transfer}}
                    local.zero_grad();
                    nn.utils.clip_grad_norm_(global.parameters(), 40.0);
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Nothing_is_transferred() => TorchTest.FileAsync("""
        static class A
        {
            static void Run(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    model.forward(x).mean().backward();
                    nn.utils.clip_grad_norm_(model.parameters(), 40.0);
                    {|CLIP104:optimizer.zero_grad()|};
                    optimizer.step();
                }
            }
        }
        """);
}
