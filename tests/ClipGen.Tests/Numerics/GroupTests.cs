using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Several rules over one model.</summary>
public sealed class GroupTests
{
    [Fact]
    public void Each_rule_takes_its_group_and_the_unnamed_one_the_rest()
    {
        float[] body = [3, 4];
        float[] head = [6, 8];
        float[] other = [30, 40];
        Layer model = new Layer().Gradient("body", body).Gradient("head", head, "head").Gradient("other", other, "unruled");

        ClipResult result = GradientOperations.Clip(model, [ClipRule.Norm(25), ClipRule.Norm(1, group: "head")]);

        double rest = Math.Sqrt((50 * 50) + 25);
        Exact.AssertClose([0.6, 0.8], head);
        Exact.AssertClose([3 * 25 / rest, 4 * 25 / rest], body);
        Exact.AssertClose([30 * 25 / rest, 40 * 25 / rest], other);
        Exact.AssertClose(Math.Sqrt((rest * rest) + 100), result.TotalNorm);
        Exact.AssertClose(0.1, result.Scale);
        Assert.True(result.Clipped);
    }

    [Fact]
    public void Buffers_without_a_rule_are_left_alone_and_count_in_the_total()
    {
        float[] body = [3, 4];
        float[] head = [6, 8];
        float[] other = [10, 10];
        Layer model = new Layer().Gradient("body", body).Gradient("head", head, "head").Gradient("other", other, "other");

        ClipResult result = GradientOperations.Clip(model, [ClipRule.Norm(5, group: "head")]);

        Assert.Equal([3, 4], body);
        Assert.Equal([3, 4], head);
        Assert.Equal([10, 10], other);
        Exact.AssertClose(Math.Sqrt(25 + 100 + 200), result.TotalNorm);
        Exact.AssertClose(0.5, result.Scale);
        Assert.True(result.IsFinite);
    }

    [Fact]
    public void The_outermost_group_counts()
    {
        float[] direct = [2];
        float[] inner = [2];
        float[] after = [2];
        Layer layer = new Layer().Gradient("inner", inner, "inner");
        Layer model = new Layer()
            .Member("outer", new Layer().Member("middle", layer, "middle").Gradient("direct", direct), "outer")
            .Gradient("after", after);

        GradientOperations.Clip(model, [ClipRule.Norm(1, group: "middle"), ClipRule.Norm(1, group: "inner")]);
        Assert.Equal([2, 2, 2], [direct[0], inner[0], after[0]]);

        GradientOperations.Clip(model, [ClipRule.Value(1, group: "outer")]);
        Assert.Equal([1, 1, 2], [direct[0], inner[0], after[0]]);
    }

    [Fact]
    public void A_group_ends_with_its_member()
    {
        float[] inside = [2];
        float[] item = [2];
        float[] after = [2];
        Layer model = new Layer()
            .Collection("layers", [(0, new Layer().Gradient("g", item)), (1, new Layer().Member("in", new Layer().Gradient("g", inside)))],
                "layers")
            .Gradient("after", after);

        GradientOperations.Clip(model, [ClipRule.Value(1, group: "layers")]);

        Assert.Equal([1, 1, 2], [item[0], inside[0], after[0]]);
    }

    [Theory]
    [InlineData(ClipScope.Global)]
    [InlineData(ClipScope.PerParameter)]
    public void A_rule_that_no_buffer_but_zeros_has_scales_nothing_whatever_its_epsilon(ClipScope scope)
    {
        float[] body = [3, 4];
        Layer model = new Layer().Gradient("body", body).Gradient("zeros", new float[2], "zeros");

        ClipResult result = GradientOperations.Clip(
            model, [ClipRule.Norm(5), ClipRule.Norm(0.1, scope: scope, epsilon: 0.5, group: "zeros"),
                ClipRule.Norm(0.1, scope: scope, epsilon: 0.5, group: "none")]);

        Assert.Equal(1, result.Scale);
        Assert.False(result.Clipped);
        Assert.Equal([3, 4], body);
    }

    [Fact]
    public void Group_names_compare_by_their_letters()
    {
        float[] gradient = [2];
        Layer model = new Layer().Gradient("g", gradient, new string("head"));

        GradientOperations.Clip(model, [ClipRule.Value(1, group: new string(['h', 'e', 'a', 'd']))]);

        Assert.Equal([1], gradient);
    }

    [Fact]
    public void Nothing_changes_when_a_later_rule_throws()
    {
        float[] body = [30, 40];
        float[] valued = [9];
        float[] head = [1, float.NaN];
        Layer model = new Layer().Gradient("body", body).Gradient("valued", valued, "value")
            .Member("head", new Layer().Gradient("dW", head), "head");

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(() => GradientOperations.Clip(
            model, [ClipRule.Norm(1, nonFinite: NonFinitePolicy.Zero), ClipRule.Value(1, group: "value"),
                ClipRule.Norm(1, group: "head")]));

        Assert.Equal("head.dW", thrown.GradientName);
        Assert.Equal(1, thrown.Index);
        Assert.Equal([30, 40], body);
        Assert.Equal([9], valued);
        Assert.Equal([1, float.NaN], head);
    }

    [Fact]
    public void Under_leave_the_other_rules_still_clip()
    {
        float[] body = [30, 40];
        float[] head = [7, float.PositiveInfinity];
        Layer model = new Layer().Gradient("body", body).Gradient("head", head, "head");

        ClipResult result = GradientOperations.Clip(model,
            [ClipRule.Norm(5), ClipRule.Norm(1, nonFinite: NonFinitePolicy.Leave, group: "head")]);

        Exact.AssertClose([3, 4], body);
        Assert.Equal([7, float.PositiveInfinity], head);
        Assert.Equal("head", result.NonFiniteGradient);
        Assert.Equal(double.PositiveInfinity, result.TotalNorm);
        Exact.AssertClose(0.1, result.Scale);
    }

    [Fact]
    public void Zero_stops_the_whole_step()
    {
        float[] body = [30, 40];
        float[] unruled = [1];
        float[] head = [7, float.PositiveInfinity];
        Layer model = new Layer().Gradient("body", body, "body").Gradient("unruled", unruled).Gradient("head", head, "head");

        ClipResult result = GradientOperations.Clip(
            model, [ClipRule.Norm(5, group: "body"), ClipRule.Norm(1, nonFinite: NonFinitePolicy.Zero, group: "head")]);

        Assert.Equal([0, 0], body);
        Assert.Equal([0, 0], head);
        Assert.Equal([0], unruled);
        Assert.Equal(0, result.Scale);
    }

    [Fact]
    public void Orders_that_differ_give_the_norm_of_the_rule_without_a_group()
    {
        float[] body = [1, 2];
        float[] head = [3, 4];
        Layer model = new Layer().Gradient("body", body).Gradient("head", head, "head");

        ClipResult result = GradientOperations.Clip(model, [ClipRule.Norm(2, group: "head"), ClipRule.Norm(1, normType: 1)]);
        Exact.AssertClose(10, result.TotalNorm);
        Exact.AssertClose([1 / 3.0, 2 / 3.0], body);
        Exact.AssertClose([1.2, 1.6], head);

        result = GradientOperations.Clip(
            new Layer().Gradient("a", new float[] { 1, 2 }, "a").Gradient("b", new float[] { 4 }, "b"),
            [ClipRule.Norm(1, normType: 1, group: "a"), ClipRule.Norm(1, normType: 0.5, group: "b")]);
        Exact.AssertClose(Math.Sqrt(21), result.TotalNorm);
    }

    [Fact]
    public void Rules_of_one_order_give_the_norm_of_all_whatever_their_range()
    {
        float[] tiny = [.. Enumerable.Repeat(1e-25f, 4)];
        float[] huge = [.. Enumerable.Repeat(1e25f, 4)];
        double[] wide = [1e200];
        Layer model = new Layer().Gradient("tiny", tiny, "tiny").Gradient("huge", huge, "huge").Gradient("wide", wide);

        ClipResult result = GradientOperations.Clip(
            model, [ClipRule.Norm(1e-25, group: "tiny"), ClipRule.Norm(1e20, group: "huge"), ClipRule.Norm(1e210)]);

        Exact.AssertClose(1e200, result.TotalNorm);
        Exact.AssertClose([.. Enumerable.Repeat(0.5e-25, 4)], tiny);
        Exact.AssertClose([.. Enumerable.Repeat(0.5e20, 4)], huge);
        Assert.Equal([1e200], wide);
    }

    [Fact]
    public void A_tied_buffer_belongs_to_the_rule_of_its_first_visit()
    {
        float[] shared = [3, 4];
        float[] own = [6, 8];
        Layer model = new Layer().Gradient("own", own, "a").Gradient("shared", shared, "a").Gradient("again", shared, "b");

        ClipResult result = GradientOperations.Clip(model, [ClipRule.Norm(100, group: "a"), ClipRule.Norm(1, group: "b")]);

        Exact.AssertClose(Math.Sqrt(125), result.TotalNorm);
        Assert.Equal([3, 4], shared);
        Assert.Equal([6, 8], own);
        Assert.False(result.Clipped);
    }

    [Fact]
    public void One_rule_of_no_group_takes_everything_and_a_single_rule_ignores_groups()
    {
        float[] body = [3];
        float[] head = [4];
        Layer model = new Layer().Gradient("body", body).Gradient("head", head, "head");

        Assert.Equal(5, GradientOperations.Clip(model, [ClipRule.Norm(10)]).TotalNorm);
        Assert.Equal(5, GradientOperations.Clip(model, ClipRule.Norm(10, group: "head")).TotalNorm);
        Assert.False(GradientOperations.Clip(model, [ClipRule.Norm(4.5, group: "head")]).Clipped);
        Assert.True(GradientOperations.Clip(model, ClipRule.Norm(4.5, group: "head")).Clipped);
    }

    [Fact]
    public void Rules_that_cannot_be_meant_are_refused_before_anything_changes()
    {
        float[] gradient = [3, 4];
        var source = new ArraySource(gradient);

        Assert.Throws<ArgumentException>(() => GradientOperations.Clip(source, []));
        Assert.Throws<ArgumentException>(() => GradientOperations.Clip(source, [ClipRule.Norm(1), ClipRule.Value(1)]));
        Assert.Throws<ArgumentException>(
            () => GradientOperations.Clip(source, [ClipRule.Norm(1, group: "a"), ClipRule.Norm(1, group: "a")]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Clip(source, [ClipRule.Norm(1), ClipRule.Norm(0, group: "a")]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Clip(source, default(ClipRule)));
        foreach (double order in new[] { 0, -1, double.NaN, double.NegativeInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Clip(source, ClipRule.Norm(1, order)));
            Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Norm(source, order));
            Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Norms(source, new double[1], order));
        }

        foreach (double epsilon in new[] { -1e-9, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() => GradientOperations.Clip(source, ClipRule.Norm(1, epsilon: epsilon)));
        Assert.Equal([3, 4], gradient);
    }
}
