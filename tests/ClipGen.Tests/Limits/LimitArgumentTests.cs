using ClipGen.Optimizers;

#pragma warning disable IDE0052 // Generated code reads what no other code does.

namespace ClipGen.Tests.Limits;

/// <summary>Adaptive limits as arguments of calls.</summary>
public sealed partial class LimitArgumentTests
{
    [Fact]
    public void Arrays_and_spans_are_clipped()
    {
        var limit = new AutoClipLimit(10);
        var other = new AutoClipLimit(10);
        foreach ((double norm, double expected) in new (double, double)[] { (5, 5), (1, 1), (3, 1.4), (2, 1.3), (10, 1.4) })
        {
            double[] dW = [0.6 * norm];
            double[] dB = [0.8 * norm];
            double[] copy = [.. dW];
            double[] copyB = [.. dB];
            ClipResult result = Gradients.ClipNorm(limit, dW, dB);
            ClipResult spans = Gradients.ClipNorm(other, copy.AsSpan(), copyB);

            Exact.AssertClose(expected, Exact.Norm(2, dW, dB), 1e-12);
            Assert.Equal(result, spans);
            Assert.Equal(dW, copy);
        }

        double[] next = [100];
        Assert.Equal(Gradients.ClipNorm(other, [(double[])[100]]), Gradients.ClipNorm(limit, next, nonFinite: NonFinitePolicy.Leave));
    }

    [Fact]
    public void AdaGC_knows_arguments_by_their_text()
    {
        var limit = new AdaGCLimit(1.05) { WarmUpSteps = 1 };
        double[] dW = [0.3];
        double[] dB = [0.4];
        Gradients.ClipNorm(limit, dW, dB);
        (dW[0], dB[0]) = (10, 10);
        Gradients.ClipNorm(limit, dB, dW);

        Exact.AssertClose([1.05 * 0.3], dW, 1e-12);
        Exact.AssertClose([1.05 * 0.4], dB, 1e-12);
    }

    [Fact]
    public void A_limit_takes_the_place_of_the_declared_one()
    {
        var model = new Declared();
        var optimizer = new Sgd(learningRate: 1);
        var limit = new ZClipLimit(2.5) { WarmUpSteps = 2 };
        foreach (double norm in new[] { 0.5, 1.5, 3 })
        {
            model.Gradient[0] = norm;
            model.Group[0] = 10;
            optimizer.ClipAndStep(model, limit);
        }

        // 0.5 and 1.5 as they are, then the limit 1.78; the group always 2.
        Exact.AssertClose([-(0.5 + 1.5 + 1.7812515625)], model.Weights, 1e-9);
        Exact.AssertClose([-6.0], model.GroupWeights, 1e-12);
    }

    [Fact]
    public void A_limit_is_refused_where_the_model_has_none_for_all()
    {
        var model = new Grouped();
        var limit = new AutoClipLimit(10);
        ArgumentException exception = Assert.Throws<ArgumentException>("limit", () => new Sgd(0.1).ClipAndStep(model, limit));
        Assert.Contains("for all gradients", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("limit", () => new Sgd(0.1).ClipAndStep(model, (AdaptiveLimit)null!));
        Assert.Throws<ArgumentNullException>("scaler", () => new Sgd(0.1).ClipAndStep(model, null!));
        Assert.Throws<ArgumentNullException>("limit", () => Gradients.ClipNorm((AdaptiveLimit)null!, new float[1]));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("percentile", () => new AutoClipLimit(0));
        Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new ZClipLimit(-1));
        Assert.Throws<ArgumentOutOfRangeException>("ratio", () => new AdaptiveClipLimit(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("ratio", () => new AdaGCLimit(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>("WarmUpSteps", () => new ZClipLimit(2.5) { WarmUpSteps = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("WarmUpSteps", () => new AutoClipLimit(10) { WarmUpSteps = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("MaxNorm", () => new AdaGCLimit(1.05) { MaxNorm = 0 });
    }

    [Fact]
    public void Saved_and_loaded_a_limit_goes_on()
    {
        var limit = new AdaGCLimit(1.05) { WarmUpSteps = 1, MaxNorm = 9 };
        double[] dW = [3];
        Gradients.ClipNorm(limit, dW);
        using var stream = new MemoryStream();
        limit.State.Save(stream);
        stream.Position = 0;
        var resumed = new AdaGCLimit(1.05) { WarmUpSteps = 1, MaxNorm = 9 };
        resumed.State.Load(stream);
        dW[0] = 5;
        ClipResult expected = Gradients.ClipNorm(limit, dW);
        dW[0] = 5;

        Assert.Equal(expected, Gradients.ClipNorm(resumed, dW));
        resumed.State.Reset();
        dW[0] = 5;
        Assert.False(Gradients.ClipNorm(resumed, dW).Clipped);
    }

    [ClipGradNorm(1e-3)]
    [ClipGradNorm(2, Group = "a")]
    private sealed partial class Declared
    {
        [Parameter(Gradient = nameof(Gradient))] public double[] Weights { get; } = new double[1];

        public double[] Gradient { get; } = new double[1];

        [Parameter(Gradient = nameof(Group), Group = "a")] public double[] GroupWeights { get; } = new double[1];

        public double[] Group { get; } = new double[1];
    }

    [ClipGradNorm(2, Group = "a")]
    private sealed partial class Grouped
    {
        [Parameter(Gradient = nameof(Group), Group = "a")] public double[] GroupWeights { get; } = new double[1];

        public double[] Group { get; } = new double[1];
    }
}
