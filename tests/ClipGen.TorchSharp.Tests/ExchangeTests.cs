using ClipGen.Mpi.Tests;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>TorchSharp's gradients over several ranks. The ranks are threads.</summary>
public sealed partial class ExchangeTests : TorchTests
{
    [Fact]
    public void Gradients_of_a_module_and_of_parameters_are_averaged()
    {
        using DisposeScope scope = NewDisposeScope();
        Net[] nets = [Make(seed: 1), Make(seed: 2), Make(seed: 3)];
        double[][] expected = [.. nets[0].parameters().Select((_, i) =>
            Gradient(nets[0], i).Select((_, j) => (double)(float)(nets.Sum(net => Gradient(net, i)[j]) / 3)).ToArray())];

        Threads.Run(3, exchange =>
        {
            if (exchange.Rank < 3)
                exchange.AverageGradients(nets[exchange.Rank]);
            return true;
        });
        foreach (Net net in nets)
            Assert.Equal(expected, net.parameters().Select((_, i) => Gradient(net, i)));

        Threads.Run(3, exchange =>
        {
            exchange.AverageGradients(nets[exchange.Rank].parameters());
            return true;
        });
        foreach (Net net in nets)
            Assert.Equal(expected, net.parameters().Select((_, i) => Gradient(net, i)));
    }

    [Fact]
    public void A_sharded_module_counts_what_every_rank_holds_once()
    {
        using DisposeScope scope = NewDisposeScope();
        Net[] nets = [Make(seed: 1), Make(seed: 2)];
        foreach (Net net in nets)
        {
            net.Shared.weight!.grad = torch.full(net.Shared.weight.shape, 2f);
            net.Shared.bias!.grad = torch.full(net.Shared.bias.shape, 2f);
            net.Own.bias!.grad = torch.zeros(net.Own.bias.shape);
        }

        nets[0].Own.weight!.grad = torch.full(nets[0].Own.weight!.shape, 3f);
        nets[1].Own.weight!.grad = torch.full(nets[1].Own.weight!.shape, 4f);

        // 4·4 elements of 3, 4·4 of 4, and once the 16 + 4 elements of 2.
        double expected = Math.Sqrt((16 * 9) + (16 * 16) + (20 * 4));
        double[] norms = Threads.Run(2, exchange => exchange.ClipSharded(nets[exchange.Rank]).TotalNorm);

        Assert.All(norms, norm => Assert.Equal(expected, norm));
        Assert.Equal(2 / expected, Gradient(nets[1].Shared.weight!)[0], 1e-6);
    }

    [Fact]
    public void So_does_one_inside_a_module_that_has_no_other_mark()
    {
        double[] norms = Threads.Run(3, exchange =>
        {
            using DisposeScope scope = NewDisposeScope();
            var net = new Outer();
            net.Inner.Shared.weight!.grad = torch.full(net.Inner.Shared.weight.shape, 2f);
            return exchange.ClipSharded(net).TotalNorm;
        });

        Assert.All(norms, norm => Assert.Equal(8, norm));
    }

    private static double[] Gradient(Net net, int parameter) => Gradient(net.parameters().ElementAt(parameter));

    private static Net Make(int seed)
    {
        var net = new Net();
        random.manual_seed(seed);
        foreach (Parameter parameter in net.parameters())
            parameter.grad = randn(parameter.shape);
        return net;
    }

    [ClipGradNorm(1.0)]
    internal sealed partial class Outer : nn.Module<Tensor, Tensor>
    {
        public Outer()
            : base(nameof(Outer)) => RegisterComponents();

        public Inner Inner { get; } = new();

        public override Tensor forward(Tensor input) => Inner.forward(input);
    }

    internal sealed partial class Inner : nn.Module<Tensor, Tensor>
    {
        public Inner()
            : base(nameof(Inner)) => RegisterComponents();

        [Replicated]
        public Linear Shared { get; } = nn.Linear(4, 4);

        public override Tensor forward(Tensor input) => Shared.forward(input);
    }

    [ClipGradNorm(1.0)]
    internal sealed partial class Net : nn.Module<Tensor, Tensor>
    {
        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public Linear Own { get; } = nn.Linear(4, 4);

        [Replicated]
        public Linear Shared { get; } = nn.Linear(4, 4);

        public override Tensor forward(Tensor input) => Shared.forward(Own.forward(input));
    }
}
