using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>The policies for gradients that are not finite.</summary>
public sealed class PolicyTests
{
    private static readonly double[] Orders = [1, 2, double.PositiveInfinity, 0.5, 3.3];

    public static TheoryData<ClipScope, double> ScopesAndOrders()
    {
        var rows = new TheoryData<ClipScope, double>();
        foreach (double order in Orders)
        {
            rows.Add(ClipScope.Global, order);
            rows.Add(ClipScope.PerParameter, order);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(ScopesAndOrders))]
    public void Throw_changes_nothing_and_names_the_element(ClipScope scope, double order)
    {
        float[] ones = [.. Enumerable.Repeat(1f, 100)];
        double[] gradient = [.. Enumerable.Repeat(1.0, 100)];
        gradient[37] = double.NegativeInfinity;
        gradient[38] = double.NaN;

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(new ArraySource(null, ones, gradient), ClipRule.Norm(0.1, order, scope)));

        Assert.Equal("g2", thrown.GradientName);
        Assert.Equal(37, thrown.Index);
        Assert.Equal(double.NegativeInfinity, thrown.Value);
        Assert.All(ones, x => Assert.Equal(1, x));
        Assert.Equal(98, gradient.Count(x => x == 1));
    }

    [Theory]
    [MemberData(nameof(ScopesAndOrders))]
    public void Zero_clears_everything_and_says_so(ClipScope scope, double order)
    {
        float[] ones = [.. Enumerable.Repeat(1f, 100)];
        Half[] gradient = [(Half)1, Half.NaN];

        ClipResult result = GradientOperations.Clip(new ArraySource(ones, gradient),
            ClipRule.Norm(0.1, order, scope, NonFinitePolicy.Zero));

        Assert.Equal(double.NaN, result.TotalNorm);
        Assert.Equal(0, result.Scale);
        Assert.False(result.IsFinite);
        Assert.False(result.Clipped);
        Assert.Equal("g1", result.NonFiniteGradient);
        Exact.AssertSameBits(new float[100], ones);
        Exact.AssertSameBits(new Half[2], gradient);
    }

    [Theory]
    [MemberData(nameof(ScopesAndOrders))]
    public void Leave_touches_nothing_and_says_so(ClipScope scope, double order)
    {
        float[] ones = [.. Enumerable.Repeat(1f, 100)];
        float[] gradient = [1, float.PositiveInfinity];

        ClipResult result = GradientOperations.Clip(new ArraySource(ones, gradient),
            ClipRule.Norm(0.1, order, scope, NonFinitePolicy.Leave));

        Assert.Equal(double.PositiveInfinity, result.TotalNorm);
        Assert.Equal(1, result.Scale);
        Assert.False(result.Clipped);
        Assert.Equal("g1", result.NonFiniteGradient);
        Assert.All(ones, x => Assert.Equal(1, x));
        Exact.AssertSameBits(new[] { 1, float.PositiveInfinity }, gradient);
    }

    [Fact]
    public void Propagate_multiplies_by_zero_for_an_infinite_norm_and_by_NaN_for_a_NaN_norm()
    {
        foreach (double order in Orders)
        {
            float[] ones = [.. Enumerable.Repeat(1f, 100)];
            float[] infinite = [1, float.NegativeInfinity];
            ClipResult result =
                GradientOperations.Clip(new ArraySource(ones, infinite), ClipRule.Norm(0.1, order, nonFinite: NonFinitePolicy.Propagate));

            Assert.Equal(double.PositiveInfinity, result.TotalNorm);
            Assert.Equal(0, result.Scale);
            Assert.True(result.Clipped);
            Assert.Equal("g1", result.NonFiniteGradient);
            Assert.All(ones, x => Assert.Equal(0, x));
            Assert.Equal([0, float.NaN], infinite);

            float[] numbers = [1, 2];
            result = GradientOperations.Clip(new ArraySource(numbers, infinite),
                ClipRule.Norm(0.1, order, nonFinite: NonFinitePolicy.Propagate));

            Assert.Equal(double.NaN, result.TotalNorm);
            Assert.Equal(double.NaN, result.Scale);
            Assert.Equal([float.NaN, float.NaN], numbers);
        }
    }

    [Fact]
    public void Propagate_per_buffer_changes_only_the_buffer()
    {
        float[] ones = [3, 4];
        float[] gradient = [float.PositiveInfinity, 1];

        ClipResult result = GradientOperations.Clip(
            new ArraySource(ones, gradient),
            ClipRule.Norm(1, scope: ClipScope.PerParameter, nonFinite: NonFinitePolicy.Propagate));

        Exact.AssertClose([0.6, 0.8], ones);
        Assert.Equal([float.NaN, 0], gradient);
        Assert.Equal(0, result.Scale);
    }

    [Theory]
    [InlineData(NonFinitePolicy.Throw)]
    [InlineData(NonFinitePolicy.Zero)]
    [InlineData(NonFinitePolicy.Leave)]
    [InlineData(NonFinitePolicy.Propagate)]
    public void By_value_an_infinity_is_clamped_under_every_policy(NonFinitePolicy policy)
    {
        float[] ones = [1, 7];
        double[] gradient = [double.PositiveInfinity, -1, double.NegativeInfinity];

        ClipResult result = GradientOperations.Clip(new ArraySource(ones, gradient), ClipRule.Value(5, policy));

        Assert.Equal([1, 5], ones);
        Assert.Equal([5, -1, -5], gradient);
        Assert.False(result.IsFinite);
        Assert.Equal("g1", result.NonFiniteGradient);
        Assert.Equal(double.PositiveInfinity, result.TotalNorm);
        Assert.Equal(1, result.Scale);
    }

    [Fact]
    public void By_value_throw_names_the_NaN_and_not_the_infinity_before_it()
    {
        float[] first = [float.PositiveInfinity, 9];
        float[] second = [1, float.NegativeInfinity, float.NaN];

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(new ArraySource(first, second), ClipRule.Value(5)));

        Assert.Equal("g1", thrown.GradientName);
        Assert.Equal(2, thrown.Index);
        Assert.Equal(double.NaN, thrown.Value);
        Assert.Equal([float.PositiveInfinity, 9], first);
        Assert.Equal([1, float.NegativeInfinity, float.NaN], second);
    }

    [Fact]
    public void By_value_NaN_under_zero_clears_everything()
    {
        float[] first = [3];
        float[] second = [1, float.NaN];

        ClipResult result = GradientOperations.Clip(new ArraySource(first, second), ClipRule.Value(5, NonFinitePolicy.Zero));

        Assert.Equal([0], first);
        Assert.Equal([0, 0], second);
        Assert.Equal(0, result.Scale);
        Assert.Equal("g1", result.NonFiniteGradient);
    }

    [Fact]
    public void By_value_NaN_alone_does_not_count_as_clipped()
    {
        float[] gradient = [float.NaN, 4, -4];

        ClipResult result = GradientOperations.Clip(new ArraySource(gradient), ClipRule.Value(4, NonFinitePolicy.Leave));

        Assert.False(result.Clipped);
        Assert.Equal([float.NaN, 4, -4], gradient);
    }

    [Fact]
    public void An_infinite_limit_still_sees_what_is_not_finite()
    {
        float[] gradient = [float.NaN, 4];

        Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(new ArraySource(gradient), ClipRule.Norm(double.PositiveInfinity)));
        ClipResult result = GradientOperations.Clip(
            new ArraySource(gradient), ClipRule.Norm(double.PositiveInfinity, nonFinite: NonFinitePolicy.Propagate));

        Assert.False(result.IsFinite);
        Assert.Equal([float.NaN, 4], gradient);
    }

    [Fact]
    public void An_infinite_limit_by_value_leaves_infinities_beside_a_NaN()
    {
        float[] gradient = [float.NaN, float.PositiveInfinity, 4];

        ClipResult result = GradientOperations.Clip(new ArraySource(gradient),
            ClipRule.Value(double.PositiveInfinity, NonFinitePolicy.Leave));

        Assert.False(result.Clipped);
        Assert.Equal("g0", result.NonFiniteGradient);
        Assert.Equal([float.NaN, float.PositiveInfinity, 4], gradient);
    }

    [Fact]
    public void Norms_of_gradients_that_are_not_finite_are_told_without_an_exception()
    {
        foreach (double order in Orders)
        {
            Assert.Equal(double.PositiveInfinity,
                GradientOperations.Norm(new ArraySource(new float[] { 1, float.NegativeInfinity }), order));
            Assert.Equal(double.NaN, GradientOperations.Norm(new ArraySource(new double[] { double.NaN, double.PositiveInfinity }), order));
        }
    }
}
