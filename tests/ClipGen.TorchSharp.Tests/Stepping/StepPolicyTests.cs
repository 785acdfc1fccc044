using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Steps with gradients that are not finite, null, frozen or shared, fused and by the optimizer's own step.</summary>
public sealed class StepPolicyTests : TorchTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Throw_changes_nothing(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        using var optimizer = new AdamW(Parameters(float.NaN), 0.1);
        double[] before = Everything(optimizer);
        var exception = Assert.Throws<NonFiniteGradientException>(
            () => Run(isFused, () => optimizer.ClipAndStep(1.0, zeroGradients: true)));
        Assert.Equal("parameters[1]", exception.GradientName);
        Assert.Equal(before, Everything(optimizer));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Zero_and_Leave_skip_the_step(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (NonFinitePolicy policy in (NonFinitePolicy[])[NonFinitePolicy.Zero, NonFinitePolicy.Leave])
        {
            foreach (float element in (float[])[float.NaN, float.PositiveInfinity])
            {
                using var optimizer = new AdamW(Parameters(element), 0.1);
                double[] before = Everything(optimizer);
                ClipResult result = Run(isFused, () => optimizer.ClipAndStep(1.0, nonFinite: policy));
                Assert.True(result.Skipped);
                Assert.Equal("parameters[1]", result.NonFiniteGradient);
                bool isZero = policy == NonFinitePolicy.Zero;
                Assert.Equal(isZero ? 0 : 1, result.Scale);
                if (!isZero)
                    Assert.Equal(before, Everything(optimizer));
                Assert.All(optimizer.parameters(), parameter => Assert.Equal(isZero, Gradient(parameter).All(one => one == 0)));
                Assert.All(States(optimizer), state => Assert.Equal(0, state.step));
                Assert.True(Run(isFused, () => optimizer.ClipAndStep(1.0, nonFinite: policy, zeroGradients: true)).Skipped != isZero);
                Assert.All(optimizer.parameters(), parameter => Assert.All(Gradient(parameter), one => Assert.Equal(0, one)));

                // The next step of the optimizer is its first.
                Assert.False(Run(isFused, () => optimizer.ClipAndStep(1.0)).Skipped);
                Assert.All(States(optimizer), state => Assert.Equal(isZero ? 2 : 1, state.step));
            }
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Propagate_does_as_PyTorch_does(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        using var optimizer = new SGD(Parameters(float.NaN), 0.1);
        ClipResult result = Run(isFused, () => optimizer.ClipAndStep(1.0, nonFinite: NonFinitePolicy.Propagate));
        Assert.False(result.Skipped);
        Assert.Equal("parameters[1]", result.NonFiniteGradient);
        Assert.All(optimizer.parameters(), parameter => Assert.True(parameter.isnan().all().ToBoolean()));

        using var other = new SGD(Parameters(float.PositiveInfinity), 0.1);
        Run(isFused, () => other.ClipAndStep(1.0, nonFinite: NonFinitePolicy.Propagate));
        Parameter[] stepped = [.. other.parameters()];
        Assert.Equal([0, 0, 0], [.. stepped[0].detach().data<float>()]);
        Assert.True(stepped[1].isnan().any().ToBoolean());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Frozen_parameters_and_null_gradients_are_left_out(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Parameters(1);
        parameters[0].requires_grad = false;
        parameters[1].grad = null;
        var stepped = WithGradient(3, 4);
        using var optimizer = new AdamW([.. parameters, stepped], 0.1, weight_decay: 0.1);
        ClipResult result = Run(isFused, () => optimizer.ClipAndStep(1.0));
        Assert.Equal(5, result.TotalNorm);
        Assert.Equal([0, 0, 1], States(optimizer).Select(state => state.step));
        Assert.Equal([0, 0, 0], [.. parameters[0].detach().data<float>()]);
        Assert.Equal([1, 2, 2], Gradient(parameters[0]));
        Assert.Null(parameters[1].grad);
        AssertClose([-0.1, -0.1], [.. stepped.detach().to(ScalarType.Float64).data<double>()]);

        // Without gradients, the step has no effect.
        stepped.grad = null;
        Assert.Equal(new ClipResult { Scale = 1 }, Run(isFused, () => optimizer.ClipAndStep(1.0)));
        Assert.Equal([0, 0, 1], States(optimizer).Select(state => state.step));
    }

    [Fact]
    public void A_parameter_that_occurs_twice_steps_once()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool zeroes in (bool[])[false, true])
        {
            Parameter tied = WithGradient(3, 4);
            using var optimizer = new AdamW([new AdamW.ParamGroup([tied, tied], 0.1), new AdamW.ParamGroup([tied], 0.1)]);
            Parameter alone = WithGradient(3, 4);
            using var expected = new AdamW([alone], 0.1);
            Assert.Equal(expected.ClipAndStep(1.0), optimizer.ClipAndStep(1.0, zeroGradients: zeroes));
            Assert.Equal(alone.detach().data<float>().ToArray(), tied.detach().data<float>().ToArray());
            Assert.All(States(optimizer), state => Assert.Equal(1, state.step));
            Assert.Equal(zeroes ? [0, 0] : [3 / 5f, 4 / 5f], Gradient(tied).Select(element => (float)element));
        }
    }

    [Fact]
    public void Parameters_that_share_a_gradient_step_each()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool zeroes in (bool[])[false, true])
        {
            Parameter first = WithGradient(3, 4);
            Parameter second = new(ones(2));
            second.grad = first.grad;
            using var optimizer = new SGD([first, second], 1);
            Assert.Equal(5, optimizer.ClipAndStep(1.0, zeroGradients: zeroes).TotalNorm);
            AssertClose([-0.6, -0.8], [.. first.detach().to(ScalarType.Float64).data<double>()]);
            AssertClose([0.4, 0.2], [.. second.detach().to(ScalarType.Float64).data<double>()]);
            AssertClose(zeroes ? [0, 0] : [0.6, 0.8], Gradient(second));
        }
    }

    [Fact]
    public void Invalid_arguments_change_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using var optimizer = new AdamW(Parameters(1), 0.1);
        double[] before = Everything(optimizer);
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.ClipAndStep(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.ClipAndStep(1, normType: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.ClipAndStep(1, epsilon: -1));
        Assert.Throws<ArgumentNullException>(() => ((optim.Optimizer)null!).ClipAndStep(1));
        Assert.Throws<ArgumentNullException>(() => optimizer.ClipAndStep(null!));
        Assert.Equal(before, Everything(optimizer));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Norms_of_every_order_and_scope_are_those_of_a_clip(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double order in (double[])[1, 2, 3, double.PositiveInfinity])
        {
            foreach (ClipScope of in Enum.GetValues<ClipScope>())
            {
                Parameter[] expected = Parameters(3);
                Parameter[] actual = Parameters(3);
                ClipResult clipped = TorchGradients.ClipNorm(expected, 1.5, order, epsilon: 0.25, scope: of);
                using var plain = new SGD(expected, 0.5);
                using var optimizer = new SGD(actual, 0.5);
                plain.step();
                Assert.Equal(clipped, Run(isFused, () => optimizer.ClipAndStep(1.5, order, epsilon: 0.25, scope: of)));
                for (int i = 0; i < expected.Length; i++)
                    AssertClose([.. expected[i].detach().data<float>()], [.. actual[i].detach().data<float>()]);
            }
        }
    }

    private static Parameter[] Parameters(float element) => [WithGradient(1, 2, 2), WithGradient(element, 4)];

    private static IEnumerable<AdamW.State> States(AdamW optimizer) => optimizer.state_dict().State.Cast<AdamW.State>();

    private static ClipResult Run(bool isFused, Func<ClipResult> run) => isFused ? run() : Unfused.Run(run);

    private static double[] Everything(AdamW optimizer)
    {
        using DisposeScope scope = NewDisposeScope();
        return
        [
            .. optimizer.parameters().SelectMany(parameter => Gradient(parameter).Concat(Elements(parameter))),
            .. States(optimizer).SelectMany(state => (double[])[state.step, .. Elements(state.exp_avg), .. Elements(state.exp_avg_sq)]),
        ];

        static double[] Elements(Tensor tensor) => [.. tensor.detach().to(ScalarType.Float64).data<double>()];
    }

    private static void AssertClose(float[] expected, float[] actual) =>
        AssertClose([.. expected.Select(element => (double)element)], [.. actual.Select(element => (double)element)], 1e-6);
}
