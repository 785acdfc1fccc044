using ClipGen.Mpi.Tests;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Clip and step over several ranks with TorchSharp's optimizers give the bits of one process.</summary>
public sealed partial class ExchangeStepTests : TorchTests
{
    private const int Steps = 6;

    public static TheoryData<string> Limits => ["fixed", "auto", "z", "agc", "adagc"];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Ranks_that_average(string limit)
    {
        using DisposeScope scope = NewDisposeScope();
        Net alone = Create(limit);
        using var optimizer = optim.AdamW(alone.parameters(), 0.01);
        for (int step = 0; step < Steps; step++)
        {
            Parameter[] parameters = [.. alone.parameters()];
            for (int i = 0; i < parameters.Length; i++)
                parameters[i].grad = ((Gradient(parameters[i], step, 0, i).@double() + Gradient(parameters[i], step, 1, i)) / 2).@float();
            optimizer.ClipAndStep(alone);
        }

        double[][] expected = Weights(alone);
        double[][][] trained = Threads.Run(2, exchange =>
        {
            using DisposeScope own = NewDisposeScope();
            Net net = Create(limit);
            using var ownOptimizer = optim.AdamW(net.parameters(), 0.01);
            for (int step = 0; step < Steps; step++)
            {
                SetGradients(net, step, exchange.Rank, _ => true);
                exchange.ClipAndStep(ownOptimizer, net);
            }

            return Weights(net);
        });

        Assert.All(trained, weights => Assert.Equal(expected, weights));
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Ranks_that_hold_other_gradients(string limit)
    {
        using DisposeScope scope = NewDisposeScope();
        Net alone = Create(limit);
        using var optimizer = optim.AdamW(alone.parameters(), 0.01);
        var expected = new List<ClipResult>();
        for (int step = 0; step < Steps; step++)
        {
            SetGradients(alone, step, rank: 0, _ => true);
            expected.Add(optimizer.ClipAndStep(alone));
        }

        double[][] weights = Weights(alone);
        Threads.Run(3, exchange =>
        {
            using DisposeScope own = NewDisposeScope();
            Net net = Create(limit);
            using var ownOptimizer = optim.AdamW(net.parameters(), 0.01);
            for (int step = 0; step < Steps; step++)
            {
                SetGradients(net, step, rank: 0, i => i % exchange.Size == exchange.Rank);
                Assert.Equal(expected[step], exchange.ClipAndStepSharded(ownOptimizer, net));
            }

            double[][] stepped = Weights(net);
            for (int i = exchange.Rank; i < stepped.Length; i += exchange.Size)
                Assert.Equal(weights[i], stepped[i]);
            return true;
        });
    }

    [Fact]
    public void Limits_of_the_call()
    {
        double[] norms = Threads.Run(2, exchange =>
        {
            using DisposeScope own = NewDisposeScope();
            Net net = Create("fixed");
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            SetGradients(net, step: 0, rank: 0, i => i % exchange.Size == exchange.Rank);
            Assert.Equal(0.25, exchange.ClipAndStepSharded(optimizer, 0.25).ExceededLimit);
            var shardedLimit = new AutoClipLimit(10);
            var averagedLimit = new AutoClipLimit(10);
            double sharded = exchange.ClipAndStepSharded(optimizer, shardedLimit, new LossScaler(1)).TotalNorm;
            SetGradients(net, step: 0, rank: 0, _ => true);
            Assert.Equal(sharded, exchange.ClipAndStep(optimizer, averagedLimit).TotalNorm);
            SetGradients(net, step: 0, rank: 0, _ => true);
            Assert.Equal(0.25, exchange.ClipAndStep(optimizer, 0.25).ExceededLimit);
            return sharded;
        });

        Assert.Equal(norms[0], norms[1]);
    }

    [Fact]
    public void A_NaN_of_one_rank_is_the_same_exception_on_all()
    {
        string[] messages = Threads.Run(2, exchange =>
        {
            using DisposeScope own = NewDisposeScope();
            Net net = Create("adagc");
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            SetGradients(net, step: 0, rank: 0, i => i % exchange.Size == exchange.Rank);
            double[][] before = Weights(net);
            if (exchange.Rank == 1)
                net.parameters().ElementAt(1).grad![2] = float.NaN;
            var exception = Assert.Throws<NonFiniteGradientException>(() => exchange.ClipAndStepSharded(optimizer, net));
            Assert.EndsWith(".bias", exception.GradientName, StringComparison.Ordinal);
            Assert.Equal((2L, 1), (exception.Index, exception.Rank));
            Assert.Equal(before, Weights(net));
            return exception.Message;
        });

        Assert.Equal(messages[0], messages[1]);
    }

    [Fact]
    public void Different_learning_rates_are_named()
    {
        string[] messages = Threads.Run(2, exchange =>
        {
            using DisposeScope own = NewDisposeScope();
            Net net = Create("fixed");
            using var optimizer = optim.SGD(net.parameters(), exchange.Rank == 0 ? 0.1 : 0.5);
            SetGradients(net, step: 0, rank: 0, _ => true);
            return Assert.Throws<InvalidOperationException>(() => exchange.ClipAndStep(optimizer, net)).Message;
        });

        Assert.All(messages, message => Assert.Contains(
            "Rank 0 has SGD LearningRate = 0.1 where rank 1 has SGD LearningRate = 0.5.", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Strided_and_sparse_gradients_are_averaged_and_stepped_on()
    {
        using DisposeScope scope = NewDisposeScope();
        var indices = torch.tensor(new long[] { 0, 1, 2, 0 }).reshape(2, 2);
        double[][][] averaged = Threads.Run(2, exchange =>
        {
            using DisposeScope own = NewDisposeScope();
            Net net = Create("fixed");
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            float sign = exchange.Rank == 0 ? 1 : 3;

            // The same elements, but each rank has another order in memory.
            Tensor elements = (torch.arange(16).reshape(4, 4).@float() * sign).t();
            net.First.weight!.grad = exchange.Rank == 0 ? elements : elements.contiguous();
            net.Second.weight!.grad = torch.sparse_coo_tensor(indices, torch.tensor(new[] { sign, 2f }), [4, 4]);
            exchange.AverageGradients(net);
            double[][] gradients = [ElementsOf(net.First.weight.grad!), ElementsOf(net.Second.weight.grad!)];
            Assert.True(exchange.ClipAndStepSharded(optimizer, net).Clipped);
            return gradients;
        });

        Assert.All(averaged, gradients =>
        {
            Assert.Equal([0, 8, 16, 24, 2, 10, 18, 26, 4, 12, 20, 28, 6, 14, 22, 30], gradients[0]);
            Assert.Equal([0, 0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], gradients[1]);
        });
    }

    [Fact]
    public void What_cannot_be_read_in_place_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        Net net = Create("fixed");
        net.Second.weight!.grad = torch.arange(32).reshape(4, 8).@float().slice(1, 0, 8, 2);

        string[] messages = Threads.Run(
            1, exchange => Assert.Throws<NotSupportedException>(() => exchange.ClipSharded<IClippable>((IClippable)net)).Message);

        Assert.StartsWith("The gradient '<Second>k__BackingField.weight' is not a dense float", messages[0], StringComparison.Ordinal);
    }

    private static double[] ElementsOf(Tensor tensor) =>
        [.. (tensor.is_sparse ? tensor.to_dense() : tensor).contiguous().@double().data<double>()];

    private static double[][] Weights(Net net) => [.. net.parameters().Select(parameter => ElementsOf(parameter.detach()))];

    // The same values on every thread. Torch's generator of random numbers is shared between threads.
    private static Tensor Gradient(Parameter parameter, int step, int rank, int number)
    {
        var random = new Random((1000 * step) + (100 * rank) + number);
        float size = step == 3 ? 30 : 1;
        float[] values = [.. Enumerable.Range(0, (int)parameter.numel()).Select(_ => size * (float)(random.NextDouble() - 0.5))];
        return torch.tensor(values).reshape(parameter.shape);
    }

    private static void SetGradients(Net net, int step, int rank, Func<int, bool> owns)
    {
        Parameter[] parameters = [.. net.parameters()];
        for (int i = 0; i < parameters.Length; i++)
            parameters[i].grad = owns(i) ? Gradient(parameters[i], step, rank, i) : null;
    }

    private static Net Create(string limit)
    {
        Net net = limit switch
        {
            "fixed" => new FixedNet(),
            "auto" => new AutoNet(),
            "z" => new ZNet(),
            "agc" => new UnitNet(),
            _ => new MeanNet(),
        };
        Parameter[] parameters = [.. net.parameters()];
        using (no_grad())
        {
            for (int i = 0; i < parameters.Length; i++)
                parameters[i].copy_(Gradient(parameters[i], step: 50, rank: 0, i));
        }

        return net;
    }

    internal abstract class Net : nn.Module<Tensor, Tensor>
    {
        protected Net()
            : base(nameof(Net)) => RegisterComponents();

        public Linear First { get; } = nn.Linear(4, 4);

        public Linear Second { get; } = nn.Linear(4, 4);

        public override Tensor forward(Tensor input) => Second.forward(First.forward(input));
    }

    [ClipGradNorm(0.5)]
    internal sealed partial class FixedNet : Net;

    [AutoClip(50)]
    internal sealed partial class AutoNet : Net;

    [ZClip(1.5, WarmUpSteps = 2)]
    internal sealed partial class ZNet : Net;

    [AdaptiveClip(0.5, MaxNorm = 1.5)]
    internal sealed partial class UnitNet : Net;

    [AdaGC(1.05, MaxNorm = 1.5, WarmUpSteps = 2)]
    internal sealed partial class MeanNet : Net;
}
