using ClipGen.Numerics;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Remote;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>
/// Gradients on other devices: the operations that they run, and the results. Tensors on the CPU take the same path here.
/// </summary>
public sealed class RemoteTests : TorchTests, IDisposable
{
    public RemoteTests() => GradientFinder.TreatsAsRemote = _ => true;

    public static TheoryData<double> Orders => [1, 1.5, 2, 3, double.PositiveInfinity];

    public void Dispose()
    {
        GradientFinder.TreatsAsRemote = null;
        RemoteTraffic.Observed = null;
    }

    [Theory, MemberData(nameof(Orders))]
    public void A_norm_is_fetched_once_and_nothing_is_launched_to_scale_within_the_limit(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter[] parameters = Model();
            double norm = NormOf(order, parameters);
            double[][] before = [.. parameters.Select(Gradient)];
            int measuring = Observe(() => AssertClose(norm, TorchGradients.Norm(parameters, order))).Launches;

            RemoteTraffic traffic = Observe(() =>
            {
                ClipResult result = TorchGradients.ClipNorm(parameters, 2 * norm, order, scope: clipScope);
                AssertClose(norm, result.TotalNorm);
                Assert.False(result.Clipped);
            });

            Assert.Equal(1, traffic.Fetches);
            if (clipScope == ClipScope.Global)
                Assert.Equal(measuring, traffic.Launches);

            // Each long gradient is reduced alone, all others together.
            if (order is not (1.5 or 3))
                Assert.InRange(measuring, 1, parameters.Length);
            for (int i = 0; i < parameters.Length; i++)
                Assert.Equal(before[i], Gradient(parameters[i]));
        }
    }

    [Theory, MemberData(nameof(Orders))]
    public void Clipping_costs_one_launch_for_each_gradient_and_no_second_fetch(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Model();
        double norm = NormOf(order, parameters);
        double[][] before = [.. parameters.Select(Gradient)];
        int measuring = Observe(() => TorchGradients.Norm(parameters, order)).Launches;

        RemoteTraffic traffic = Observe(() => AssertClose(0.5, TorchGradients.ClipNorm(parameters, norm / 2, order).Scale));

        Assert.Equal(1, traffic.Fetches);
        Assert.Equal(measuring + parameters.Length, traffic.Launches);
        for (int i = 0; i < parameters.Length; i++)
            AssertClose([.. before[i].Select(x => x / 2)], Gradient(parameters[i]));
    }

    [Theory, MemberData(nameof(Orders))]
    public void Each_gradient_by_its_own_norm(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Model();
        double[] norms = [.. parameters.Select(parameter => NormOf(order, parameter))];
        double limit = norms.Order().ElementAt(1);

        RemoteTraffic traffic = Observe(() => TorchGradients.ClipNorm(parameters, limit, order, scope: ClipScope.PerParameter));

        Assert.Equal(1, traffic.Fetches);
        for (int i = 0; i < parameters.Length; i++)
            AssertClose(Math.Min(norms[i], limit), NormOf(order, parameters[i]));
    }

    // Only a sixteenth of the elements is converted to double, and never a whole gradient.
    [Theory, MemberData(nameof(Orders))]
    public void No_gradient_is_copied_to_double(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [WithGradient(randn(1000, 300)), WithGradient(randn(500_000).to(ScalarType.BFloat16))];

        RemoteTraffic traffic = Observe(() => TorchGradients.ClipNorm(parameters, 1, order));

        Assert.InRange(traffic.Widened, 0, 800_000 / (order is 1.5 or 3 ? 4 : 16));
    }

    [Fact]
    public void Clipping_by_value_fetches_once_and_clamps_what_exceeds_the_limit()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Model();
        double[] largest = [.. parameters.Select(parameter => NormOf(double.PositiveInfinity, parameter))];
        double limit = largest.Order().ElementAt(1) * 0.99;
        double norm = NormOf(2, parameters);
        int launches = 0;

        RemoteTraffic within = Observe(() => Assert.False(TorchGradients.ClipValue(parameters, 2 * largest.Max()).Clipped));
        RemoteTraffic beyond = Observe(() =>
        {
            ClipResult result = TorchGradients.ClipValue(parameters, limit);
            AssertClose(norm, result.TotalNorm);
            Assert.True(result.Clipped);
            launches = largest.Count(x => x > limit);
        });

        Assert.Equal((1, 1), (within.Fetches, beyond.Fetches));
        Assert.Equal(within.Launches + launches, beyond.Launches);
        Assert.All(parameters.SelectMany(Gradient), element => Assert.InRange(element, -(float)limit, (float)limit));
    }

    [Fact]
    public void Groups_with_orders_of_their_own_are_fetched_together()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grouped();
        foreach (Parameter parameter in model.parameters())
            parameter.grad = randn(parameter.shape) * 3;
        using var local = new Grouped();
        foreach ((Parameter remote, Parameter copy) in model.parameters().Zip(local.parameters()))
            copy.grad = remote.grad!.clone();
        ClipRule[] rules = [ClipRule.Norm(1), ClipRule.Norm(2, 1, group: "first"), ClipRule.Value(0.5, group: "second")];
        GradientFinder.TreatsAsRemote = null;
        ClipResult expected = ModuleGradients.Clip(local, rules);
        GradientFinder.TreatsAsRemote = _ => true;

        RemoteTraffic traffic = Observe(() =>
        {
            ClipResult result = ModuleGradients.Clip(model, rules);
            AssertClose(expected.TotalNorm, result.TotalNorm);
            AssertClose(expected.Scale, result.Scale);
            Assert.Equal(expected.Clipped, result.Clipped);
        });

        Assert.Equal(1, traffic.Fetches);
        foreach ((Parameter remote, Parameter copy) in model.parameters().Zip(local.parameters()))
            AssertClose(Gradient(copy), Gradient(remote));
    }

    [Fact]
    public void Names_scales_and_zeros_fetch_nothing_and_norms_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grouped();
        foreach (Parameter parameter in model.parameters())
            parameter.grad = randn(parameter.shape);
        double[] expected = [.. model.parameters().Select(parameter => NormOf(2, parameter))];
        var norms = new double[expected.Length];

        Assert.Equal(0, Observe(() => Assert.Equal(expected.Length, ModuleGradients.Names(model).Count)).Fetches);
        Assert.Equal(1, Observe(() => ModuleGradients.Norms(model, norms)).Fetches);
        AssertClose(expected, norms);
        Assert.Equal(0, Observe(() => ModuleGradients.Scale(model, 0.5)).Fetches);
        AssertClose([.. expected.Select(x => x / 2)], [.. model.parameters().Select(parameter => NormOf(2, parameter))]);
        Assert.Equal(0, Observe(() => ModuleGradients.Zero(model)).Fetches);
        Assert.All(model.parameters(), parameter => Assert.All(Gradient(parameter), element => Assert.Equal(0, element)));
    }

    [Fact]
    public void A_gradient_of_zeros_is_no_reason_to_fetch_others()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter[] parameters = [WithGradient(3, 4), WithGradient(zeros(5000)), WithGradient(1e-25f, 0)];
            RemoteTraffic traffic = Observe(() => AssertClose(5, TorchGradients.ClipNorm(parameters, 1, scope: clipScope).TotalNorm));
            Assert.Equal(1, traffic.Fetches);
            AssertClose([0.6, 0.8], Gradient(parameters[0]));
            AssertClose(clipScope == ClipScope.Global ? 2e-26 : 1e-25, Gradient(parameters[2])[0]);
        }
    }

    [Fact]
    public void Gradients_in_memory_and_elsewhere_make_one_norm()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter here = WithGradient(3, 4);
        Parameter gaps = WithGradient(tensor(new[] { 12f, 0f, 84f, 0f }).slice(0, 0, 4, 2));
        Parameter there = WithGradient(tensor(new[] { 132f }));
        GradientFinder.TreatsAsRemote = parameter => ReferenceEquals(parameter, there);

        double norm = Math.Sqrt(25 + 144 + (84 * 84) + (132 * 132));
        RemoteTraffic traffic = Observe(() => AssertClose(norm, TorchGradients.ClipNorm([here, gaps, there], 1).TotalNorm));

        Assert.Equal(1, traffic.Fetches);
        AssertClose(1, NormOf(2, here, gaps, there));
        AssertClose(Gradient(here)[0] * 44, Gradient(there)[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1.5)]
    [InlineData(7)]
    public void Gradients_made_against_the_order_of_summation(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (int length in (int[])[100, 2048, 2049, 5000, 100_000])
        {
            for (int power = 8; power <= 26; power += 2)
            {
                double small = Math.Pow(2, order == 2 ? -power / 2.0 : -power);
                foreach (int period in (int[])[16, 4096, int.MaxValue])
                {
                    Tensor gradient = tensor(Enumerable.Range(0, length).Select(i => i % period < 64 ? 1f : (float)small).ToArray());
                    Parameter parameter = WithGradient(gradient);
                    AssertClose(NormOf(order, parameter), TorchGradients.Norm([parameter], order));
                }
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e30)]
    [InlineData(ScalarType.Float32, 1e-30)]
    [InlineData(ScalarType.BFloat16, 1e30)]
    [InlineData(ScalarType.Float64, 1.7e308)]
    [InlineData(ScalarType.Float64, 1e-320)]
    [InlineData(ScalarType.Float32, 0)]
    public void What_a_device_cannot_sum_is_measured_here(ScalarType type, double element)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter[] parameters = [.. new[] { 3000, 2 }.Select(n => WithGradient(full(n, element, dtype: ScalarType.Float64).to(type)))];
            Parameter[] local = [.. parameters.Select(parameter => WithGradient(parameter.grad!.clone()))];
            double limit = element > 1 ? 1 : element / 10;
            if (limit == 0)
                limit = 1;
            GradientFinder.TreatsAsRemote = null;
            ClipResult expected = TorchGradients.ClipNorm(local, limit, scope: clipScope);
            GradientFinder.TreatsAsRemote = _ => true;

            ClipResult result = TorchGradients.ClipNorm(parameters, limit, scope: clipScope);

            AssertClose(expected.TotalNorm, result.TotalNorm);
            Assert.Equal(expected.Clipped, result.Clipped);
            for (int i = 0; i < parameters.Length; i++)
                AssertClose(Gradient(local[i]), Gradient(parameters[i]));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_found_and_named(double value)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter[] parameters = [WithGradient(30, 40), WithGradient(1, (float)value, 3), WithGradient(5)];
            NonFiniteGradientException thrown =
                Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipNorm(parameters, 1, scope: clipScope));
            Assert.Equal(("parameters[1]", 1, value), (thrown.GradientName, thrown.Index, thrown.Value));
            Assert.Equal([30, 40], Gradient(parameters[0]));

            ClipResult left = TorchGradients.ClipNorm(parameters, 1, nonFinite: NonFinitePolicy.Leave, scope: clipScope);
            Assert.Equal(("parameters[1]", false), (left.NonFiniteGradient, left.IsFinite));
            TorchGradients.ClipNorm(parameters, 1, nonFinite: NonFinitePolicy.Zero, scope: clipScope);
            Assert.All(parameters, parameter => Assert.All(Gradient(parameter), element => Assert.Equal(0, element)));
        }
    }

    // The gradient in memory is not finite. The gradients on the device are finite.
    [Fact]
    public void Policies_reach_gradients_elsewhere()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (NonFinitePolicy policy in Enum.GetValues<NonFinitePolicy>())
        {
            Parameter here = WithGradient(float.NaN);
            Parameter there = WithGradient(3, 4);
            GradientFinder.TreatsAsRemote = parameter => ReferenceEquals(parameter, there);
            ClipResult Clip() => TorchGradients.ClipNorm([here, there], 1, nonFinite: policy);
            if (policy == NonFinitePolicy.Throw)
                Assert.Throws<NonFiniteGradientException>(() => Clip());
            else
                Assert.Equal("parameters[0]", Clip().NonFiniteGradient);
            Assert.Equal(
                policy switch { NonFinitePolicy.Zero => [0, 0], NonFinitePolicy.Propagate => [double.NaN, double.NaN], _ => [3.0, 4] },
                Gradient(there));
        }
    }

    [Theory]
    [InlineData("half")]
    [InlineData("bfloat16")]
    [InlineData("double")]
    [InlineData("transposed")]
    [InlineData("channels last")]
    [InlineData("gaps")]
    [InlineData("wide gaps")]
    [InlineData("expanded")]
    [InlineData("sparse")]
    [InlineData("scalar")]
    public void Layouts_and_types_give_what_they_give_here(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double order in (double[])[0.5, 1, 2, 3, double.PositiveInfinity])
        {
            Parameter remote = LayoutTests.Of(kind);
            Parameter local = LayoutTests.Of(kind);
            Parameter other = WithGradient(1, 2);
            Parameter otherLocal = WithGradient(1, 2);
            GradientFinder.TreatsAsRemote = null;
            ClipResult expected = TorchGradients.ClipNorm([local, otherLocal], 0.7, order);
            ClipResult expectedClamp = TorchGradients.ClipValue([local, otherLocal], 0.2);
            GradientFinder.TreatsAsRemote = parameter => ReferenceEquals(parameter, remote);

            ClipResult result = TorchGradients.ClipNorm([remote, other], 0.7, order);
            ClipResult clamp = TorchGradients.ClipValue([remote, other], 0.2);

            double rounding = kind is "half" ? 1.0 / 1024 : kind is "bfloat16" or "wide gaps" ? 1.0 / 128 : 1e-6;
            AssertClose(expected.TotalNorm, result.TotalNorm);
            AssertClose(expected.Scale, result.Scale);
            AssertClose(expectedClamp.TotalNorm, clamp.TotalNorm, rounding);
            AssertClose(Gradient(local), Gradient(remote), rounding);
            AssertClose(Gradient(otherLocal), Gradient(other));
        }
    }

    [Fact]
    public void Factors_that_are_no_normal_numbers_of_the_type()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter half = WithGradient(tensor(new[] { 2e38f }).to(ScalarType.BFloat16));
        Parameter[] parameters = [WithGradient(3e38f, 1e37f), half, WithGradient(1e-41f)];
        double[] before = [.. parameters.SelectMany(Gradient)];
        using var list = new ParameterList(parameters);

        ModuleGradients.Scale(list, 1e-44);
        AssertClose([.. before[..3].Select(x => x * 1e-44)], [.. parameters[..2].SelectMany(Gradient)], 1.0 / 256);
        Assert.Equal((float)(3e38f * 1e-44), Gradient(parameters[0])[0]);
        ModuleGradients.Scale(list, 1e42);
        AssertClose(before[0] * 1e-2, Gradient(parameters[0])[0], 1e-6);
    }

    [Fact]
    public void Complex_gradients_elsewhere()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((double order, double norm) in new[] { (2, 13), (1, 17), (double.PositiveInfinity, 12) })
        {
            Parameter parameter = WithGradient(complex(tensor(new[] { 3f, 0f }), tensor(new[] { 4f, 12f })));
            AssertClose(norm, TorchGradients.ClipNorm([parameter], 1.0, order).TotalNorm);
            AssertClose(1, TorchGradients.Norm([parameter], order));
            Assert.Throws<NotSupportedException>(() => TorchGradients.ClipValue([parameter], 0.1));
        }
    }

    [Fact]
    public void Nothing_outlives_a_call()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [.. Model(), .. new[] { "half", "gaps" }.Select(LayoutTests.Of)];
        void Clip()
        {
            TorchGradients.ClipNorm(parameters, 0.5);
            TorchGradients.ClipNorm(parameters, 0.25, 3, scope: ClipScope.PerParameter);
            TorchGradients.ClipValue(parameters, 0.01);
        }

        Clip();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long tensors = Tensor.TotalCount;
        int registered = scope.DisposablesCount;
        for (int i = 0; i < 20; i++)
            Clip();
        Assert.Equal((tensors, registered), (Tensor.TotalCount, scope.DisposablesCount));
    }

    private static RemoteTraffic Observe(Action operation)
    {
        var traffic = new RemoteTraffic();
        RemoteTraffic.Observed = traffic;
        operation();
        RemoteTraffic.Observed = null;
        return traffic;
    }

    private static Parameter[] Model() =>
    [
        WithGradient(randn(7, 30)), WithGradient(randn(30)), WithGradient(randn(100, 123)), WithGradient(randn(1) * 10),
        WithGradient(randn([50, 70], ScalarType.Float64)),
    ];

    private static double NormOf(double order, params Parameter[] parameters)
    {
        double[] elements = [.. parameters.SelectMany(Gradient).Select(Math.Abs)];
        return double.IsPositiveInfinity(order) ? elements.Max() : Math.Pow(elements.Sum(x => Math.Pow(x, order)), 1 / order);
    }

    private sealed class Grouped : nn.Module<Tensor, Tensor>, IModuleGradients
    {
        private readonly Linear _first = nn.Linear(30, 80);
        private readonly Linear _second = nn.Linear(80, 40);
        private readonly Linear _third = nn.Linear(40, 5);

        public Grouped()
            : base(nameof(Grouped)) => RegisterComponents();

        public void DeclareGradients(ModuleDeclarations declarations)
        {
            declarations.Group(_first, "first");
            declarations.Group(_second, "second");
        }

        public override Tensor forward(Tensor input) => input;
    }
}
