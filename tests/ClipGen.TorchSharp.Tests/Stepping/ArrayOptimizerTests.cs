using ClipGen.Optimizers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>ClipGen's own optimizers on TorchSharp modules, and on models that hold modules.</summary>
public sealed partial class ArrayOptimizerTests : TorchTests
{
    [Fact]
    public void A_module_is_stepped_as_its_own_optimizer_steps_it()
    {
        using DisposeScope scope = NewDisposeScope();
        using var one = new Network();
        using var two = new Network();
        two.load_state_dict(one.state_dict());
        var mine = new Optimizers.AdamW(0.01);
        using var its = optim.AdamW(two.parameters(), 0.01, weight_decay: 0.01);
        for (int step = 0; step < 5; step++)
        {
            Tensor input = randn(8, 5);
            foreach (Network network in (Network[])[one, two])
            {
                network.zero_grad();
                network.call(input).square().sum().backward();
            }

            ClipResult result = mine.ClipAndStep(one);
            Assert.True(result.Clipped);
            Assert.Equal(result.TotalNorm, nn.utils.clip_grad_norm_(two.parameters(), 1.0), 1e-4);
            its.step();
        }

        foreach ((Parameter a, Parameter b) in one.parameters().Zip(two.parameters()))
            Assert.True(allclose(a, b, 1e-5, 1e-6));
    }

    [Fact]
    public void State_is_named_by_the_parameters()
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new Network();
        network.call(randn(2, 5)).sum().backward();
        var optimizer = new Optimizers.Adam();
        optimizer.ClipAndStep(network);
        using var saved = new MemoryStream();

        optimizer.Save(saved);

        Assert.Contains("\"first.weight.exp_avg\"", System.Text.Encoding.UTF8.GetString(saved.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_holds_a_module()
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new Network();
        network.call(randn(2, 5)).sum().backward();
        var holder = new Holder(network);
        float[] before = network.parameters().First().detach().data<float>().ToArray();

        new Sgd(0.1).ClipAndStep(holder);

        Assert.NotEqual(before, network.parameters().First().detach().data<float>().ToArray());
    }

    /// <summary>Two layers.</summary>
    [ClipGradNorm(1.0)]
    private sealed partial class Network : nn.Module<Tensor, Tensor>
    {
#pragma warning disable IDE1006 // TorchSharp names parameters after fields: first.weight.
        private readonly Linear first = nn.Linear(5, 7);
        private readonly Linear second = nn.Linear(7, 3);
#pragma warning restore IDE1006

        public Network()
            : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor input) => second.call(nn.functional.relu(first.call(input)));
    }

    /// <summary>A model that is not a module.</summary>
    [ClipGradNorm(1.0)]
    private sealed partial class Holder(Network network)
    {
        private readonly Network _network = network;
    }
}
