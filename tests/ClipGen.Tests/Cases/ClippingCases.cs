using ClipGen.Numerics;

namespace ClipGen.Tests.Cases;

/// <summary>
/// Cases with known results, from the tests of PyTorch and TensorFlow, and at the limits of the number formats. Derive a class for each API
/// that clips buffers.
/// </summary>
public abstract class ClippingCases
{
    public static TheoryData<string, int> NonFiniteShapes()
    {
        var shapes = new TheoryData<string, int>();
        foreach (string shape in new[] { "all", "second", "all, after ones", "second, after ones" })
        {
            for (int kind = 0; kind < 3; kind++)
                shapes.Add(shape, kind);
        }

        return shapes;
    }

    /// <summary>Clips the buffers, which are the gradients of the model in this order.</summary>
    protected abstract ClipResult Clip(ClipRule rule, params Array?[] gradients);

    /// <summary>The norm of the buffers.</summary>
    protected abstract double Norm(double normType, params Array?[] gradients);

    // PyTorch, test/test_nn.py, test_clip_grad_norm.
    [Theory]
    [InlineData(0.5, 451287.2598)]
    [InlineData(1.5, 1179.357405)]
    [InlineData(2, 581.6786054)]
    [InlineData(4, 212.7924025)]
    [InlineData(double.PositiveInfinity, 100)]
    public void Weights_1_to_100_are_scaled_to_norm_2(double order, double expected)
    {
        float[] weight = [.. Enumerable.Range(1, 100).Select(i => (float)i)];
        float[] bias = [.. Enumerable.Repeat(0.001f, 10)];
        float[] weightBefore = [.. weight];

        Exact.AssertClose(expected, Norm(order, weight, bias));
        ClipResult result = Clip(ClipRule.Norm(2, order), weight, bias);

        Exact.AssertClose(expected, result.TotalNorm);
        Assert.True(result.Clipped);
        Assert.True(result.IsFinite);
        Exact.AssertClose(2 / expected, result.Scale);
        Exact.AssertClose(2, Exact.Norm(order, weight, bias));
        Exact.AssertClose([.. weightBefore.Select(x => x * 2 / expected)], weight);
        Exact.AssertClose([.. bias.Select(_ => (double)0.001f * 2 / expected)], bias);
    }

    [Fact]
    public void Epsilon_gives_the_factor_of_PyTorch()
    {
        float[] weight = [.. Enumerable.Range(1, 100).Select(i => (float)i)];
        float[] bias = [.. Enumerable.Repeat(0.001f, 10)];

        ClipResult result = Clip(ClipRule.Norm(2, epsilon: 1e-6), weight, bias);

        Exact.AssertClose(0.00343832484, result.Scale, 1e-8);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(double.PositiveInfinity)]
    public void Small_gradients_keep_their_bits(double order)
    {
        var random = new Random(17);
        float[] weight = [.. Enumerable.Range(0, 100).Select(_ => random.NextSingle() / 10000)];
        float[] bias = [.. Enumerable.Repeat(0.002f, 10)];
        float[] weightBefore = [.. weight];
        float[] biasBefore = [.. bias];
        double limit = order < 1 ? 1000 : 2;

        ClipResult result = Clip(ClipRule.Norm(limit, order), weight, bias);

        Assert.Equal(1, result.Scale);
        Assert.False(result.Clipped);
        Exact.AssertSameBits(weightBefore, weight);
        Exact.AssertSameBits(biasBefore, bias);
    }

    // PyTorch, test_clip_grad_value.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void By_value_38_become_the_lower_and_37_the_upper_limit(bool hasBias)
    {
        float[] weight = [.. Enumerable.Range(-50, 100).Select(i => i / 5f)];
        float[] before = [.. weight];
        float[]? bias = hasBias ? [.. Enumerable.Repeat(2f, 10)] : null;

        ClipResult result = Clip(ClipRule.Value(2.5), weight, bias);

        Assert.True(result.Clipped);
        Assert.Equal(1, result.Scale);
        Exact.AssertClose(Exact.Norm(2, before, bias), result.TotalNorm);
        Assert.Equal(38, weight.Count(x => x == -2.5f));
        Assert.Equal(37, weight.Count(x => x == 2.5f));
        Exact.AssertSameBits(before.Select(x => Math.Clamp(x, -2.5f, 2.5f)).ToArray(), weight);
        Assert.All(bias ?? [], x => Assert.Equal(2f, x));
    }

    // PyTorch, test_clip_grad_norm_error_if_nonfinite.
    [Theory]
    [MemberData(nameof(NonFiniteShapes))]
    public void A_gradient_that_is_not_finite_throws_and_changes_nothing(string shape, int kind)
    {
        double value = kind switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => double.NegativeInfinity };
        double[] gradient = [.. Enumerable.Range(0, 10)
            .Select(i => shape.StartsWith("all", StringComparison.Ordinal) || i == 1 ? value : 1.0)];
        double[] ones = [.. Enumerable.Repeat(1.0, 10)];
        Array[] gradients = shape.EndsWith("ones", StringComparison.Ordinal) ? [ones, gradient] : [gradient];
        double[] before = [.. gradient];

        foreach (double order in new[] { 0.1, 1, 2, 3.5, double.PositiveInfinity })
        {
            NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(() => Clip(ClipRule.Norm(1, order), gradients));

            Assert.Equal(shape.StartsWith("all", StringComparison.Ordinal) ? 0 : 1, thrown.Index);
            Assert.Equal(value, thrown.Value);
            Exact.AssertSameBits(before, gradient);
            Assert.All(ones, x => Assert.Equal(1, x));
        }
    }

    // PyTorch overflows here, and throws, for p = 2 and 3.5.
    [Theory]
    [InlineData(2e22)]
    [InlineData(-2e22)]
    [InlineData(2e200)]
    [InlineData(-2e200)]
    [InlineData(1e-200)]
    public void A_finite_norm_never_throws(double value)
    {
        foreach (double order in new[] { 0.1, 1, 2, 3.5, double.PositiveInfinity })
        {
            double[] gradient = [.. Enumerable.Repeat(value, 10)];
            double[] ones = [.. Enumerable.Repeat(1.0, 10)];
            double expected = Exact.Norm(order, gradient, ones);

            ClipResult result = Clip(ClipRule.Norm(0.5, order), gradient, ones);

            Assert.True(result.IsFinite);
            Exact.AssertClose(expected, result.TotalNorm, 1e-9);
            Exact.AssertClose(0.5, Exact.Norm(order, gradient, ones), 1e-9);
        }
    }

    // PyTorch, two linear layers against one buffer.
    [Theory]
    [InlineData(2)]
    [InlineData(double.PositiveInfinity)]
    public void Four_buffers_clip_as_one(double order)
    {
        float[] whole = [.. Enumerable.Repeat(1f, 220)];
        float[][] parts = [[.. whole.Take(100)], [.. whole.Take(10)], [.. whole.Take(100)], [.. whole.Take(10)]];

        ClipResult one = Clip(ClipRule.Norm(0.5, order), whole);
        ClipResult four = Clip(ClipRule.Norm(0.5, order), parts);

        Exact.AssertClose(one.TotalNorm, four.TotalNorm);
        Exact.AssertClose(Exact.Elements(whole), Exact.Elements(parts));
    }

    // TensorFlow, clip_ops_test.py.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Norm_5_is_scaled_to_4(bool nullsBetween)
    {
        float[] x0 = [-2, 0, 0, 4, 0, 0];
        float[] x1 = [1, -2];
        Array?[] gradients = nullsBetween ? [null, x0, null, x1, null] : [x0, x1];

        ClipResult result = Clip(ClipRule.Norm(4), gradients);

        Exact.AssertClose(5, result.TotalNorm);
        Exact.AssertClose([-1.6, 0, 0, 3.2, 0, 0], x0);
        Exact.AssertClose([0.8, -1.6], x1);
    }

    [Fact]
    public void A_norm_below_the_limit_and_zeros_stay()
    {
        float[] x0 = [-2, 0, -0f, 4, 0, 0];
        float[] x1 = [1, -2];
        float[] before = [.. x0];
        float[] zeros = [0, -0f, 0, 0];

        Assert.False(Clip(ClipRule.Norm(6), x0, x1).Clipped);
        Exact.AssertSameBits(before, x0);
        Exact.AssertSameBits(new float[] { 1, -2 }, x1);

        ClipResult result = Clip(ClipRule.Norm(1e-30), zeros);
        Assert.Equal(0, result.TotalNorm);
        Assert.Equal(1, result.Scale);
        Exact.AssertSameBits(new float[] { 0, -0f, 0, 0 }, zeros);
    }

    [Fact]
    public void A_norm_per_buffer_scales_each_on_its_own()
    {
        float[] large = [-3, 0, 0, 4, 0, 0];
        float[] small = [1, -2];

        ClipResult result = Clip(ClipRule.Norm(4, scope: ClipScope.PerParameter), large, small);

        Exact.AssertClose([-2.4, 0, 0, 3.2, 0, 0], large);
        Exact.AssertSameBits(new float[] { 1, -2 }, small);
        Exact.AssertClose(Math.Sqrt(30), result.TotalNorm);
        Exact.AssertClose(0.8, result.Scale);
        Assert.True(result.Clipped);
    }

    [Fact]
    public void By_value_clamps_what_exceeds()
    {
        float[] gradient = [-5, 2, 3, 4, 5, 6];

        Assert.True(Clip(ClipRule.Value(4.4), gradient).Clipped);

        Exact.AssertSameBits(new[] { -4.4f, 2, 3, 4, 4.4f, 4.4f }, gradient);
    }

    [Theory]
    [InlineData(NonFinitePolicy.Leave)]
    [InlineData(NonFinitePolicy.Propagate)]
    public void By_value_NaN_stays_and_infinities_are_clamped(NonFinitePolicy policy)
    {
        float[] gradient = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

        ClipResult result = Clip(ClipRule.Value(4, policy), gradient);

        Exact.AssertSameBits(new[] { float.NaN, 4, -4 }, gradient);
        Assert.False(result.IsFinite);
        Assert.True(result.Clipped);
        Assert.Equal(double.NaN, result.TotalNorm);
    }

    [Fact]
    public void A_norm_whose_squares_overflow_is_still_a_norm()
    {
        float[] gradient = [.. Enumerable.Repeat(1e20f, 100)];

        ClipResult result = Clip(ClipRule.Norm(1), gradient);

        Exact.AssertClose(1e21, result.TotalNorm);
        Exact.AssertClose([.. Enumerable.Repeat(0.1, 100)], gradient);
    }

    [Fact]
    public void A_norm_whose_squares_underflow_is_still_a_norm()
    {
        float[] gradient = [.. Enumerable.Repeat(1e-25f, 128)];
        float[] before = [.. gradient];

        ClipResult result = Clip(ClipRule.Norm(1), gradient);

        Exact.AssertClose(1.1313708e-24, result.TotalNorm);
        Exact.AssertSameBits(before, gradient);
    }

    [Fact]
    public void A_half_whose_square_overflows_clips_to_1()
    {
        Half[] gradient = [(Half)300];

        ClipResult result = Clip(ClipRule.Norm(1), gradient);

        Assert.Equal(300, result.TotalNorm);
        Assert.Equal((Half)1, gradient[0]);
    }

    [Fact]
    public void An_infinite_limit_leaves_everything()
    {
        float[] gradient = [3, 4];

        ClipResult result = Clip(ClipRule.Norm(double.PositiveInfinity), gradient);

        Assert.Equal(5, result.TotalNorm);
        Assert.False(result.Clipped);
        Exact.AssertSameBits(new float[] { 3, 4 }, gradient);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_limit_that_is_not_positive_is_refused(double limit)
    {
        float[] gradient = [3, 4];

        Assert.Throws<ArgumentOutOfRangeException>(() => Clip(ClipRule.Norm(limit), gradient));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip(ClipRule.Value(limit), gradient));
        Exact.AssertSameBits(new float[] { 3, 4 }, gradient);
    }
}
