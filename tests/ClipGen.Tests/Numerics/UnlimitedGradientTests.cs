using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Gradients without a rule: a NaN or an infinity in one of them ruins the model as well.</summary>
public sealed class UnlimitedGradientTests
{
    private static readonly double[] Values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private readonly float[] _limited = [30, 40];
    private readonly double[] _free = [1, 2, 3];
    private readonly Half[] _inside = [(Half)1];

    public static TheoryData<string, double> RulesAndValues()
    {
        var rows = new TheoryData<string, double>();
        foreach (string rule in new[] { "norm", "norm 1", "norm 3.5", "norm inf", "per buffer", "by value", "two orders" })
        {
            foreach (double value in Values)
                rows.Add(rule, value);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(RulesAndValues))]
    public void It_throws_by_default_names_the_gradient_and_changes_nothing(string rule, double value)
    {
        _free[1] = value;

        var thrown = Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(Model(), Rules(rule, NonFinitePolicy.Throw)));

        Assert.Equal("free", thrown.GradientName);
        Assert.Equal(1, thrown.Index);
        Assert.Equal(value, thrown.Value);
        Assert.Equal([30, 40], _limited);
        Assert.Equal([1, value, 3], _free);
    }

    [Theory]
    [MemberData(nameof(RulesAndValues))]
    public void It_throws_too_where_a_limit_at_run_time_replaces_those_of_the_groups(string rule, double value)
    {
        _inside[0] = (Half)value;

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(Model(), Rules(rule, NonFinitePolicy.Throw), 1e6));

        Assert.Equal("layer.inside", thrown.GradientName);
        Assert.Equal([30, 40], _limited);
    }

    [Theory]
    [MemberData(nameof(RulesAndValues))]
    public void Under_zero_the_whole_step_is_stopped(string rule, double value)
    {
        _free[1] = value;

        ClipResult result = GradientOperations.Clip(Model(), Rules(rule, NonFinitePolicy.Zero));

        Assert.Equal("free", result.NonFiniteGradient);
        Assert.Equal(0, result.Scale);
        Assert.False(result.Clipped);
        Assert.Equal([0, 0], _limited);
        Assert.Equal([0, 0, 0], _free);
    }

    [Theory]
    [MemberData(nameof(RulesAndValues))]
    public void Under_leave_and_propagate_it_stays_is_told_and_the_groups_are_clipped(string rule, double value)
    {
        foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Leave, NonFinitePolicy.Propagate })
        {
            _limited[1] = 40;
            _limited[0] = 30;
            _free[1] = value;

            ClipResult result = GradientOperations.Clip(Model(), Rules(rule, policy));

            Assert.Equal("free", result.NonFiniteGradient);
            Assert.Equal(Math.Abs(value), result.TotalNorm);
            Assert.Equal([1, value, 3], _free);
            Assert.True(result.Clipped);
            Assert.True(_limited[1] < 40);
        }
    }

    [Fact]
    public void It_throws_where_the_rules_differ_in_their_policy()
    {
        float[] second = [1];
        float[] free = [float.NaN];
        Layer model = new Layer().Gradient("first", _limited, "a").Gradient("second", second, "b").Gradient("free", free);
        foreach (NonFinitePolicy one in Enum.GetValues<NonFinitePolicy>())
        {
            foreach (NonFinitePolicy other in Enum.GetValues<NonFinitePolicy>())
            {
                ClipRule first = ClipRule.Norm(1e3, nonFinite: one, group: "a");
                ClipRule[] rules = [first, ClipRule.Value(1e3, other, "b"), ClipRule.Norm(1e3, nonFinite: one, group: "c")];
                if (one != other || one == NonFinitePolicy.Throw)
                    AssertThrows("free", model, rules);
                else
                    Assert.Equal("free", GradientOperations.Clip(model, rules).NonFiniteGradient);
                free[0] = float.NaN;
            }
        }
    }

    [Fact]
    public void A_rule_without_a_group_covers_everything_by_its_own_policy()
    {
        _free[0] = double.NaN;
        ClipRule[] rules = [ClipRule.Norm(1, nonFinite: NonFinitePolicy.Leave), ClipRule.Norm(5, group: "limited")];

        ClipResult result = GradientOperations.Clip(Model(), rules);

        Assert.Equal("free", result.NonFiniteGradient);
        Exact.AssertClose([3, 4], _limited);
    }

    [Fact]
    public void A_fault_under_a_rule_goes_before_a_later_one_under_none()
    {
        _limited[0] = float.PositiveInfinity;
        _free[0] = double.NaN;

        AssertThrows("limited", Model(), ClipRule.Norm(1, group: "limited"));

        // By value an infinity can be clamped. The first gradient that is not finite and has no rule cannot be.
        AssertThrows("free", Model(), ClipRule.Value(1, group: "limited"));
    }

    [Fact]
    public void Large_and_tiny_numbers_are_finite()
    {
        foreach (double value in new[] { double.MaxValue, 1e300, 1e-320, 0 })
        {
            Array.Fill(_free, value);

            ClipResult result = GradientOperations.Clip(Model(), [ClipRule.Norm(50, group: "limited")]);

            Assert.True(result.IsFinite);
            Exact.AssertClose(Exact.Norm(2, _limited, _free, _inside), result.TotalNorm);
            Assert.Equal([value, value, value], _free);
        }
    }

    [Fact]
    public void A_tied_buffer_is_covered_by_the_rule_of_its_first_visit()
    {
        float[] shared = [float.PositiveInfinity];
        Layer covered = new Layer().Gradient("first", shared, "a").Gradient("again", shared);
        Layer uncovered = new Layer().Gradient("first", shared).Gradient("again", shared, "a");

        AssertThrows("first", uncovered, ClipRule.Value(1, group: "a"));
        Assert.True(GradientOperations.Clip(covered, [ClipRule.Value(1, group: "a")]).Clipped);
        Assert.Equal([1], shared);
    }

    [Fact]
    public void An_infinity_under_an_infinite_limit_by_value_is_not_clamped_and_throws()
    {
        float[] gradient = [1, float.NegativeInfinity];

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(new ArraySource(gradient), ClipRule.Value(double.PositiveInfinity)));

        Assert.Equal(1, thrown.Index);
        Assert.Equal(double.NegativeInfinity, thrown.Value);
        GradientOperations.Clip(new ArraySource(gradient), ClipRule.Value(double.PositiveInfinity, NonFinitePolicy.Zero));
        Assert.Equal([0, 0], gradient);
    }

    private static void AssertThrows(string name, Layer model, params ClipRule[] rules) =>
        Assert.Equal(name, Assert.Throws<NonFiniteGradientException>(() => GradientOperations.Clip(model, rules)).GradientName);

    private static ClipRule[] Rules(string rule, NonFinitePolicy policy) => rule switch
    {
        "norm 1" => [ClipRule.Norm(1, 1, nonFinite: policy, group: "limited")],
        "norm 3.5" => [ClipRule.Norm(1, 3.5, nonFinite: policy, group: "limited")],
        "norm inf" => [ClipRule.Norm(1, double.PositiveInfinity, nonFinite: policy, group: "limited")],
        "per buffer" => [ClipRule.Norm(1, scope: ClipScope.PerParameter, nonFinite: policy, group: "limited")],
        "by value" => [ClipRule.Value(1, policy, "limited")],
        "two orders" => [ClipRule.Norm(1, 1, nonFinite: policy, group: "limited"), ClipRule.Norm(1, 3, nonFinite: policy, group: "none")],
        _ => [ClipRule.Norm(1, nonFinite: policy, group: "limited")],
    };

    private Layer Model() => new Layer()
        .Gradient("limited", _limited, "limited").Gradient("free", _free).Member("layer", new Layer().Gradient("inside", _inside, "other"));
}
