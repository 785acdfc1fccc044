using System.Text.Json;
using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Reports;

/// <summary>The report of each limit and each gradient.</summary>
public sealed class ClipReportTests
{
    private readonly ClipReport _report = new();

    [Fact]
    public void One_limit_for_everything()
    {
        float[] tied = [0, 12];
        Layer model = new Layer()
            .Gradient("a", new float[] { 3, 4 }).Gradient("none", null)
            .Member("b", new Layer().Gradient("dW", tied)).Gradient("again", tied);

        ClipResult result = GradientOperations.Clip(model, ClipRule.Norm(6.5), _report);

        LimitResult limit = Assert.Single(_report.Limits);
        Assert.Equal(new LimitResult { Limit = 6.5, Norm = 13, Factor = 0.5, Clipped = true, GradientCount = 2 }, limit);
        Assert.Equal(["a", "b.dW"], _report.Gradients.Select(gradient => gradient.Name));
        Assert.Equal([5, 12], _report.Gradients.Select(gradient => gradient.Norm));
        Assert.All(
            _report.Gradients,
            gradient => Assert.Equal((0, 6.5, 0.5, true), (gradient.LimitIndex, gradient.Limit, gradient.Factor, gradient.Clipped)));
        Assert.Equal(new ClipResult { TotalNorm = 13, Scale = 0.5, Clipped = true, ExceedingNorm = 13, ExceededLimit = 6.5 }, result);
        Assert.Equal([0, 6], tied);
    }

    [Fact]
    public void A_total_norm_below_the_limit_and_a_group_above_its_own()
    {
        float[] head = [0.3f, 0.4f];
        float[] bias = [0.25f];
        Layer model = new Layer()
            .Gradient("body", new float[] { 0.5f, 0 }).Gradient("head", head, "heads")
            .Gradient("bias", bias, "Net.this.bias").Gradient("free", new float[] { 2 }, "unlimited");
        ClipRule own = ClipRule.Value(0.125, group: "Net.this.bias", member: "bias");
        ClipRule[] rules = [ClipRule.Norm(0.1, group: "heads"), own, ClipRule.Norm(1, group: "empty")];

        ClipResult result = GradientOperations.Clip(model, rules, _report);

        Assert.Equal(["heads", null, "empty"], _report.Limits.Select(limit => limit.Group));
        Assert.Equal([null, "bias", null], _report.Limits.Select(limit => limit.Member));
        Assert.Equal([0.1, 0.125, 1], _report.Limits.Select(limit => limit.Limit));
        Assert.Equal([true, true, false], _report.Limits.Select(limit => limit.Clipped));
        Assert.Equal([1, 1, 0], _report.Limits.Select(limit => limit.GradientCount));
        Assert.Equal([false, true, false], _report.Limits.Select(limit => limit.ByValue));
        Exact.AssertClose([0.5, 0.25, 0], _report.Limits.Select(limit => limit.Norm).ToArray());
        Exact.AssertClose([0.2, 1, 1], _report.Limits.Select(limit => limit.Factor).ToArray());

        Assert.Equal([-1, 0, 1, -1], _report.Gradients.Select(gradient => gradient.LimitIndex));
        Assert.Equal([null, "heads", null, null], _report.Gradients.Select(gradient => gradient.Group));
        Assert.Equal([double.PositiveInfinity, 0.1, 0.125, double.PositiveInfinity], _report.Gradients.Select(gradient => gradient.Limit));
        Exact.AssertClose([0.5, 0.5, 0.25, 2], _report.Gradients.Select(gradient => gradient.Norm).ToArray());
        Exact.AssertClose([1, 0.2, 1, 1], _report.Gradients.Select(gradient => gradient.Factor).ToArray());
        Assert.Equal([false, true, true, false], _report.Gradients.Select(gradient => gradient.Clipped));
        Exact.AssertClose([0.06, 0.08], head);
        Assert.Equal([0.125f], bias);
        Exact.AssertClose(0.5, result.ExceedingNorm);
        Assert.Equal(0.1, result.ExceededLimit);
    }

    [Fact]
    public void Norms_per_gradient()
    {
        float[] large = [3, 4];
        Layer model = new Layer().Gradient("small", new float[] { 1 }).Gradient("large", large);

        GradientOperations.Clip(model, ClipRule.Norm(2, scope: ClipScope.PerParameter), _report);

        LimitResult limit = Assert.Single(_report.Limits);
        Assert.Equal((2.0, ClipScope.PerParameter, 5.0, 0.4), (limit.Limit, limit.Scope, limit.Norm, limit.Factor));
        Assert.Equal((true, 2), (limit.Clipped, limit.GradientCount));
        Assert.Equal([1, 5], _report.Gradients.Select(gradient => gradient.Norm));
        Assert.Equal([1, 0.4], _report.Gradients.Select(gradient => gradient.Factor));
        Assert.Equal([false, true], _report.Gradients.Select(gradient => gradient.Clipped));
        Exact.AssertClose([1.2, 1.6], large);
    }

    [Fact]
    public void By_value_the_norm_is_the_largest_magnitude()
    {
        float[] gradient = [3, float.NegativeInfinity];
        Layer model = new Layer().Gradient("in", new float[] { -2, 1 }).Gradient("out", gradient);

        ClipResult result = GradientOperations.Clip(model, ClipRule.Value(2), _report);

        Assert.Equal([2, double.PositiveInfinity], _report.Gradients.Select(clipped => clipped.Norm));
        Assert.Equal([false, true], _report.Gradients.Select(clipped => clipped.Clipped));
        Assert.All(_report.Gradients, clipped => Assert.Equal(1, clipped.Factor));
        Assert.Equal((double.PositiveInfinity, true, 1.0), (_report.Limits[0].Norm, _report.Limits[0].Clipped, _report.Limits[0].Factor));
        Assert.Equal((double.PositiveInfinity, 2.0), (result.ExceedingNorm, result.ExceededLimit));
        Assert.Equal([2, -2], gradient);
    }

    [Fact]
    public void Unclipped_gradients()
    {
        ClipResult result = GradientOperations.Clip(new ArraySource(new float[] { 3 }, new double[] { 4 }), ClipRule.Norm(5), _report);

        Assert.Equal((5.0, 1.0, false), (_report.Limits[0].Norm, _report.Limits[0].Factor, _report.Limits[0].Clipped));
        Assert.Equal([3, 4], _report.Gradients.Select(gradient => gradient.Norm));
        Assert.All(_report.Gradients, gradient => Assert.Equal((1.0, false), (gradient.Factor, gradient.Clipped)));
        Assert.Equal(new ClipResult { TotalNorm = 5, Scale = 1 }, result);
    }

    [Theory]
    [InlineData(ClipScope.Global)]
    [InlineData(ClipScope.PerParameter)]
    public void Gradients_that_are_not_finite_under_every_policy(ClipScope scope)
    {
        foreach (NonFinitePolicy policy in Enum.GetValues<NonFinitePolicy>())
        {
            foreach (bool hasGroups in new[] { false, true })
            {
                double[] first = [30, 40];
                float[] second = [float.PositiveInfinity];
                float[] third = [float.NaN, 1];
                Layer model = new Layer().Gradient("first", first, "g").Gradient("second", second, "g").Gradient("third", third, "g");
                ClipRule rule = ClipRule.Norm(1, scope: scope, nonFinite: policy, group: hasGroups ? "g" : null);

                Exception? thrown = Record.Exception(() => GradientOperations.Clip(model, [rule], _report));

                Assert.Equal(policy == NonFinitePolicy.Throw, thrown is NonFiniteGradientException { GradientName: "second" });
                Assert.Equal([50, double.PositiveInfinity, double.NaN], _report.Gradients.Select(gradient => gradient.Norm));
                Assert.Equal(double.NaN, _report.Limits[0].Norm);
                bool each = scope == ClipScope.PerParameter;
                double[] factors = policy switch
                {
                    NonFinitePolicy.Zero => [0, 0, 0],
                    NonFinitePolicy.Propagate => each ? [0.02, 0, double.NaN] : [double.NaN, double.NaN, double.NaN],
                    _ => [1, 1, 1],
                };
                Assert.Equal(factors, _report.Gradients.Select(gradient => gradient.Factor));
                Assert.Equal(factors.Min(), _report.Limits[0].Factor);
                bool[] clipped = policy == NonFinitePolicy.Propagate && each ? [true, true, false] : [false, false, false];
                Assert.Equal(clipped, _report.Gradients.Select(gradient => gradient.Clipped));
                Assert.Equal(clipped[0], _report.Limits[0].Clipped);
            }
        }
    }

    [Fact]
    public void A_clip_that_throws_reports_every_gradient_that_is_not_finite()
    {
        var source = new ArraySource(new[] { float.NaN }, new float[] { 1 }, new[] { double.NegativeInfinity });

        Assert.Throws<NonFiniteGradientException>(() => GradientOperations.Clip(source, ClipRule.Norm(1), _report));

        Assert.Equal(["g0", "g2"], _report.Gradients.Where(gradient => !double.IsFinite(gradient.Norm)).Select(gradient => gradient.Name));
    }

    [Fact]
    public void A_report_is_written_anew_each_time()
    {
        var three = new ArraySource(new float[] { 3 }, new float[] { 4 }, new float[] { 1 });
        GradientOperations.Clip(three, [ClipRule.Norm(1), ClipRule.Norm(1, group: "a")], _report);
        GradientOperations.Clip(new Layer().Gradient("x", new float[] { 2 }).Gradient("g1", new float[] { 2 }), ClipRule.Norm(10), _report);
        Assert.Equal(["x", "g1"], _report.Gradients.Select(gradient => gradient.Name));
        Assert.Single(_report.Limits);

        // A call that cannot measure anything does not change the report.
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Clip(three, ClipRule.Norm(0), _report));
        Assert.Equal(2, _report.Gradients.Count);
    }

    [Fact]
    public void A_report_after_a_source_that_threw_has_the_right_names()
    {
        float[] shared = new float[4];
        Layer wrong = new Layer().Gradient("a", new float[1]).Gradient("text", new[] { "no gradient" });
        Layer right = new Layer().Gradient("a", new float[1]).Gradient("text", shared).Gradient("text", new float[1]);

        GradientOperations.Clip(right, ClipRule.Norm(1), _report);
        Assert.Throws<NotSupportedException>(() => GradientOperations.Clip(wrong, ClipRule.Norm(1), _report));
        GradientOperations.Clip(right, ClipRule.Norm(1), _report);

        Assert.Equal(["a", "text", "text#2"], _report.Gradients.Select(gradient => gradient.Name));
    }

    [Fact]
    public void A_clip_with_a_report_gives_the_same_bits()
    {
        var random = new Random(11);
        foreach (double limit in new[] { 1, 1e6 })
        {
            var one = new ShortGradients();
            var other = new ShortGradients();
            foreach ((Array left, Array right) in Buffers(one).Zip(Buffers(other)))
            {
                for (int i = 0; i < left.Length; i++)
                {
                    double element = random.NextDouble() - 0.5;
                    if (left is float[] floats)
                        floats[i] = (float)element;
                    else
                        left.SetValue(element, i);
                }

                Array.Copy(left, right, left.Length);
            }

            Assert.Equal(one.ClipGradients(limit), other.ClipGradients(limit, _report));
            foreach ((Array left, Array right) in Buffers(one).Zip(Buffers(other)))
                Exact.AssertSameBits(left, right);
        }

        static Array[] Buffers(ShortGradients g) => [g.A, g.B, g.C, g.D, g.E, g.F, g.G, g.H, g.I, g.J, g.K, g.L, g.M];
    }

    [Fact]
    public void Null_is_refused()
    {
        var source = new ArraySource(new float[] { 3 });

        Assert.Throws<ArgumentNullException>(() => GradientOperations.Clip(source, ClipRule.Norm(1), null!));
        Assert.Throws<ArgumentNullException>(() => GradientOperations.Clip(source, [ClipRule.Norm(1)], null!));
        Assert.Throws<ArgumentNullException>(() => GradientOperations.Clip(source, [ClipRule.Norm(1)], 1, null!));
    }

    [Fact]
    public void A_report_can_be_logged_as_JSON_and_as_text()
    {
        Layer model = new Layer()
            .Gradient("body", new float[] { 3 }).Gradient("head", new float[] { 4 }, "heads").Gradient("free", new float[] { 1 }, "none");
        Assert.Equal("", new ClipReport().ToString());
        GradientOperations.Clip(model, [ClipRule.Norm(1, group: "heads"), ClipRule.Value(9, group: "empty")], _report);

        Assert.Equal(
            [
                "limit 1 for the group 'heads': norm 4, 1 gradient, clipped, scaled by 0.25",
                "  head: norm 4, limit 1, clipped, scaled by 0.25",
                "limit 9 for the group 'empty': largest magnitude 0, 0 gradients, not clipped",
                "  body: norm 3, no limit",
                "  free: norm 1, no limit",
            ],
            _report.ToString().Split(Environment.NewLine));
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(_report.Limits));
        Assert.Equal(0.25, json.RootElement[0].GetProperty("Factor").GetDouble());
    }
}
