using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Optimizers that cannot be fused are clipped, and then take their own step, with the same result.</summary>
public sealed class OwnStepTests : TorchTests
{
    private static readonly Dictionary<string, Func<Parameter[], optim.Optimizer>> Others = new()
    {
        ["NAdam"] = parameters => optim.NAdam(parameters),
        ["RAdam"] = parameters => optim.RAdam(parameters),
        ["Adamax"] = parameters => optim.Adamax(parameters),
        ["Adagrad"] = parameters => optim.Adagrad(parameters),
        ["Adadelta"] = parameters => optim.Adadelta(parameters),
        ["ASGD"] = parameters => optim.ASGD(parameters),
        ["Rprop"] = parameters => optim.Rprop(parameters),
        ["derived"] = parameters => new Derived(parameters),
    };

    public static TheoryData<string> OtherOptimizers => [.. Others.Keys];

    public static TheoryData<string> Kinds => ["bfloat16", "transposed", "gaps", "expanded", "sparse"];

    [Theory, MemberData(nameof(OtherOptimizers))]
    public void Other_optimizers_take_their_own_step(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] expected = [.. Enumerable.Range(1, 3).Select(size => WithGradient(arange(1, size + 1).to(ScalarType.Float32)))];
        Parameter[] actual = [.. Enumerable.Range(1, 3).Select(size => WithGradient(arange(1, size + 1).to(ScalarType.Float32)))];
        using optim.Optimizer plain = Others[name](expected);
        using optim.Optimizer optimizer = Others[name](actual);
        Assert.False(OptimizerPair.IsFused(optimizer));
        for (int step = 0; step < 3; step++)
        {
            ClipResult clipped = TorchGradients.ClipNorm(expected, 0.5);
            plain.step();
            Assert.Equal(clipped, optimizer.ClipAndStep(0.5));
            Assert.Equal(expected.SelectMany(Elements), actual.SelectMany(Elements));
        }

        optimizer.ClipAndStep(0.5, zeroGradients: true);
        Assert.All(actual.SelectMany(Gradient), element => Assert.Equal(0, element));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Gradients_that_are_no_plain_memory_of_one_order_are_stepped(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] expected = [LayoutTests.Of(kind), WithGradient(3, 4)];
        Parameter[] actual = [LayoutTests.Of(kind), WithGradient(3, 4)];
        using var plain = new SGD(expected, 0.5, momentum: 0.9);
        using var optimizer = new SGD(actual, 0.5, momentum: 0.9);
        Assert.False(OptimizerPair.IsFused(optimizer));
        for (int step = 0; step < 3; step++)
        {
            ClipResult clipped = TorchGradients.ClipNorm(expected, 0.5);
            plain.step();
            Assert.Equal(clipped, optimizer.ClipAndStep(0.5));
            Assert.Equal(expected.SelectMany(Elements), actual.SelectMany(Elements));
        }

        optimizer.ClipAndStep(0.5, zeroGradients: true);
        Assert.All(actual.SelectMany(Gradient), element => Assert.Equal(0, element));
    }

    [Fact]
    public void Gradients_and_parameters_of_one_order_of_dimensions_are_stepped_in_one_pass()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter ChannelsLast(Tensor values, Tensor gradient)
        {
            var parameter = new Parameter(empty_strided([2, 3, 4, 5], [60, 1, 15, 3]).copy_(values));
            parameter.grad = empty_strided([2, 3, 4, 5], [60, 1, 15, 3]).copy_(gradient);
            return parameter;
        }

        Tensor values = randn(2, 3, 4, 5);
        Tensor gradient = randn(2, 3, 4, 5);
        Parameter expected = ChannelsLast(values, gradient);
        Parameter actual = ChannelsLast(values, gradient);
        Assert.False(actual.is_contiguous());
        using var plain = new AdamW([expected], 0.1);
        using var optimizer = new AdamW([actual], 0.1);
        Assert.True(OptimizerPair.IsFused(optimizer));
        for (int step = 0; step < 3; step++)
        {
            TorchGradients.ClipNorm([expected], 0.5);
            plain.step();
            optimizer.ClipAndStep(0.5);
            Assert.True(expected.allclose(actual, 1e-6, 1e-7));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Gradients_on_other_devices_are_clipped_there(bool isOne)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] expected = [WithGradient(3, 4), WithGradient(12, 0, 5)];
        Parameter[] actual = [WithGradient(3, 4), WithGradient(12, 0, 5)];
        using var plain = new AdamW(expected, 0.1);
        using var optimizer = new AdamW(actual, 0.1);
        GradientFinder.TreatsAsRemote = parameter => !isOne || ReferenceEquals(parameter, actual[0]);
        try
        {
            Assert.False(OptimizerPair.IsFused(optimizer));
            ClipResult clipped = TorchGradients.ClipNorm(expected, 0.5);
            plain.step();
            AssertClose(clipped.TotalNorm, optimizer.ClipAndStep(0.5).TotalNorm);
            AssertClose([.. expected.SelectMany(Elements)], [.. actual.SelectMany(Elements)]);

            actual[0].grad!.fill_(float.NaN);
            double[] before = [.. actual.SelectMany(Elements)];
            Assert.True(optimizer.ClipAndStep(0.5, nonFinite: NonFinitePolicy.Leave).Skipped);
            Assert.Throws<NonFiniteGradientException>(() => optimizer.ClipAndStep(0.5));
            Assert.Equal(before, actual.SelectMany(Elements));
        }
        finally
        {
            GradientFinder.TreatsAsRemote = null;
        }
    }

    [Fact]
    public void Without_the_native_functions_steps_are_the_same()
    {
        bool asksNatively = GradientFinder.AsksNatively;
        try
        {
            GradientFinder.AsksNatively = false;
            using var pair = new OptimizerPair(new Random(1), OptimizerPair.Kind.AdamW, ScalarType.Float32);
            for (int step = 0; step < 20; step++)
            {
                pair.SetGradients();
                pair.StepExpected();
                pair.StepActual(zeroGradients: true);
            }

            pair.AssertEqual(1e-6);
        }
        finally
        {
            GradientFinder.AsksNatively = asksNatively;
        }
    }

    [Fact]
    public void LBFGS_is_told_to_clip_in_its_closure()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(3, 4);
        using var optimizer = optim.LBFGS([parameter]);
        var exception = Assert.Throws<NotSupportedException>(() => optimizer.ClipAndStep(1.0));
        Assert.Contains("closure", exception.Message, StringComparison.Ordinal);
        Assert.Equal([3, 4], Gradient(parameter));
    }

    [Fact]
    public void Options_that_are_missing_and_states_of_another_type_are_left_to_the_optimizer()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(3, 4);
        using var optimizer = new AdamW([parameter], 0.1);
        var state = (AdamW.State)optimizer.state_dict().State.Single();
        Tensor before = state.exp_avg;
        state.exp_avg = zeros(2, ScalarType.Float64);
        Assert.False(OptimizerPair.IsFused(optimizer));
        state.exp_avg = before;
        Assert.True(OptimizerPair.IsFused(optimizer));
        ((AdamW.ParamGroup)optimizer.ParamGroups.Single()).Options.amsgrad = true;
        Assert.False(OptimizerPair.IsFused(optimizer));
    }

    private static IEnumerable<double> Elements(Parameter parameter) =>
        parameter.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    private sealed class Derived(IEnumerable<Parameter> parameters) : SGD(parameters, 0.1)
    {
        public override Tensor step(Func<Tensor>? closure = null)
        {
            Momentum = 0.5;
            return base.step(closure);
        }
    }
}
