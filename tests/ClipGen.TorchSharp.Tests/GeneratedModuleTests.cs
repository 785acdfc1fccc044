using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>The generated code of modules, compiled into this assembly and run.</summary>
public sealed partial class GeneratedModuleTests : TorchTests
{
    [Fact]
    public void One_limit_clips_all_registered_parameters()
    {
        using DisposeScope scope = NewDisposeScope();
        using var net = new Net();
        SetGradients(net);
        double norm = TorchGradients.Norm(net.parameters());

        Assert.Equal(norm, net.GradientNorm());
        ClipResult result = net.ClipGradients();
        Assert.Equal(norm, result.TotalNorm);
        AssertClose(1, net.GradientNorm());
        AssertClose(0.5, net.ClipGradients(0.5).Scale);
        Assert.Equal([.. net.named_parameters().Select(pair => pair.name)], net.GetGradientNames());

        net.ScaleGradients(4);
        AssertClose(2, net.GradientNorm());
        net.ZeroGradients();
        double[] norms = new double[net.GetGradientNames().Count];
        Assert.Equal(norms.Length, net.GetGradientNorms(norms));
        Assert.All(norms, one => Assert.Equal(0, one));
        Assert.False(((IClippable)net).ClipGradients().Clipped);
    }

    [Fact]
    public void Frozen_parameters_are_passed_over()
    {
        using DisposeScope scope = NewDisposeScope();
        using var net = new Net();
        SetGradients(net);
        foreach (Parameter parameter in net.layers.parameters())
            parameter.requires_grad = false;
        double expected = TorchGradients.Norm([.. net.tail.parameters(), net.scale]);
        Assert.Equal(expected, net.GradientNorm());
        Assert.DoesNotContain(net.GetGradientNames(), name => name.StartsWith("layers", StringComparison.Ordinal));
    }

    [Fact]
    public void Members_are_left_out_grouped_and_limited_on_their_own_at_every_depth()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grouped();
        SetGradients(model);
        Parameter[] leftOut = [model.frozen.weight!, model.block.cached.weight!];
        double[][] before = [.. leftOut.Select(Gradient)];
        double embedding = TorchGradients.Norm(model.embedding.parameters());
        double inner = TorchGradients.Norm(model.block.inner.parameters());
        double all = TorchGradients.Norm(model.parameters());

        ClipResult result = model.ClipGradients();

        Assert.Equal(before, leftOut.Select(Gradient));
        Assert.True(result.TotalNorm < all);

        // The group holds a member of the model and one declared in the block.
        Assert.True(Math.Sqrt((embedding * embedding) + (inner * inner)) > 0.25);
        AssertClose(0.25, TorchGradients.Norm(model.embedding.parameters().Concat(model.block.inner.parameters())));
        Assert.All(Gradient(model.head.weight!), element => Assert.InRange(element, -0.125, 0.125));
        Assert.Contains(Gradient(model.head.weight!), element => Math.Abs(element) == 0.125);
        AssertClose(2, TorchGradients.Norm([model.block.plain.weight!]));
        Assert.DoesNotContain(
            model.GetGradientNames(),
            name => name.Contains("frozen", StringComparison.Ordinal) || name.Contains("cached", StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_agree_for_gradients_of_every_layout()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grouped();
        using var other = new Grouped();
        foreach ((Parameter left, Parameter right) in model.parameters().Zip(other.parameters()))
        {
            left.grad = (randn(left.shape) * 4).to(ScalarType.BFloat16).to(ScalarType.Float32);
            right.grad = left.grad.to(ScalarType.BFloat16);
        }

        other.embedding.weight!.grad = model.embedding.weight!.grad!.to_sparse();
        ClipResult expected = model.ClipGradients();
        ClipResult result = other.ClipGradients();
        AssertClose(expected.TotalNorm, result.TotalNorm);
        AssertClose(expected.Scale, result.Scale);
        foreach ((Parameter left, Parameter right) in model.parameters().Zip(other.parameters()))
            AssertClose(Gradient(left), Gradient(right), 1.0 / 128);
    }

    [Fact]
    public void A_NaN_in_a_module_is_named_and_in_one_left_out_is_not_seen()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grouped();
        SetGradients(model);
        model.frozen.weight!.grad!.fill_(float.NaN);
        Assert.True(model.ClipGradients().IsFinite);
        model.block.inner.weight!.grad!.fill_(float.NaN);
        Assert.Equal("block.inner.weight", Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients()).GradientName);
    }

    [Fact]
    public void A_derived_module_keeps_what_its_base_leaves_out()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Derived();
        SetGradients(model);
        Assert.DoesNotContain("frozen.weight", model.GetGradientNames());
        Assert.DoesNotContain("more.weight", model.GetGradientNames());
        Assert.Contains("rest.weight", model.GetGradientNames());
        Assert.True(model.ClipGradients().Clipped);
        AssertClose(3, model.GradientNorm());
    }

    [Fact]
    public void A_plain_model_may_hold_a_module()
    {
        using DisposeScope scope = NewDisposeScope();
        using var net = new Net();
        SetGradients(net);
        var agent = new Agent(net);
        double norm = net.GradientNorm();
        AssertClose(Math.Sqrt((norm * norm) + 25), agent.ClipGradients().TotalNorm);
        AssertClose(1, agent.GradientNorm());
        Assert.Contains("_net.tail.1.weight", agent.GetGradientNames());
    }

    private static void SetGradients(nn.Module module)
    {
        foreach (Parameter parameter in module.parameters())
            parameter.grad = randn(parameter.shape) * 3;
    }

    [ClipGradNorm(1.0)]
    private sealed partial class Net : nn.Module<Tensor, Tensor>
    {
        internal readonly ModuleList<Linear> layers = nn.ModuleList(nn.Linear(4, 4), nn.Linear(4, 4));
        internal readonly Sequential tail = nn.Sequential(nn.ReLU(), nn.Linear(4, 3));
        internal readonly Parameter scale = new(ones(3));

        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input) => tail.call(input) * scale;
    }

    [ClipGradNorm(2.0)]
    [ClipGradNorm(0.25, Group = "embeddings")]
    private partial class Grouped : nn.Module<Tensor, Tensor>
    {
        [Gradient(Group = "embeddings")] internal readonly Embedding embedding = nn.Embedding(7, 4);
        [ClipGradValue(0.125)] internal readonly Linear head = nn.Linear(4, 3);
        [ClipIgnore] internal readonly Linear frozen = nn.Linear(2, 2);
        internal readonly Block block = new();

        public Grouped()
            : base(nameof(Grouped)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;
    }

    [ClipGradNorm(3.0)]
    private sealed partial class Derived : Grouped
    {
        [ClipIgnore] internal readonly Linear more = nn.Linear(2, 2);
        internal readonly Linear rest = nn.Linear(2, 2);
    }

    private sealed partial class Block : nn.Module<Tensor, Tensor>
    {
        internal readonly Linear plain = nn.Linear(3, 3, hasBias: false);
        [Gradient(Group = "embeddings")] internal readonly Linear inner = nn.Linear(3, 3);
        [ClipIgnore] internal readonly Linear cached = nn.Linear(3, 3);

        public Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;
    }

    [ClipGradNorm(1.0)]
    private sealed partial class Agent(Net net)
    {
        [Gradient] internal readonly float[] _dTable = [3, 4];
        internal readonly Net _net = net;
    }
}
