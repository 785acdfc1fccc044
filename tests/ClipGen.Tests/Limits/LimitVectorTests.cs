using ClipGen.Numerics;

namespace ClipGen.Tests.Limits;

/// <summary>Sequences that other programs computed from the formulas of the papers.</summary>
public sealed partial class LimitVectorTests
{
    [Fact]
    public void AutoClip_takes_the_percentile_of_all_norms_so_far()
    {
        var model = new AutoClipModel();
        (double Norm, double Limit)[] steps = [(5, 5), (1, 1), (3, 1.4), (2, 1.3), (10, 1.4)];
        foreach ((double norm, double limit) in steps)
        {
            // The percentile of 5 and 1 is 1.4. The norm 1 does not exceed it.
            ClipResult result = model.Clip(norm);

            Exact.AssertClose(limit, Exact.Norm(2, model.First, model.Second), 1e-12);
            Assert.Equal(norm > limit, result.Clipped);
            Exact.AssertClose(norm, result.TotalNorm, 1e-15);
        }
    }

    [Fact]
    public void AutoClip_reports_the_percentile()
    {
        var model = new AutoClipModel();
        var report = new ClipReport();
        foreach ((double norm, double limit) in new (double, double)[] { (5, 5), (1, 1.4), (3, 1.4), (2, 1.3), (10, 1.4) })
        {
            model.SetGradient(norm);
            model.ClipGradients(report);

            Exact.AssertClose(limit, report.Limits[0].Limit, 1e-12);
            Exact.AssertClose(limit, report.Gradients[1].Limit, 1e-12);
        }
    }

    [Fact]
    public void ZClip_takes_mean_and_variance_of_the_warm_up()
    {
        var model = new UsualZClip();
        for (int i = 0; i < 25; i++)
        {
            double norm = 1 + (0.1 * i);
            Assert.False(Clip(model, norm).Clipped);
        }

        // μ 2.2, σ² 0.52.
        double deviation = Math.Sqrt(0.52);
        double score = (100 - 2.2) / (deviation + 1e-6);
        ClipResult result = Clip(model, 100);

        Exact.AssertClose(2.2 + (2.5 * deviation / (score / 2.5)), result.ExceededLimit, 1e-12);
    }

    [Fact]
    public void ZClip_follows_the_clipped_norms()
    {
        var model = new ShortZClip();
        Clip(model, 0.5);
        Clip(model, 1.5);

        // μ 1, σ² 0.25.
        Exact.AssertClose(1.7812515625, Clip(model, 3).ExceededLimit, 1e-9);
        Assert.False(Clip(model, 1.2).Clipped);
        Exact.AssertClose(1.204864161, Clip(model, 10).ExceededLimit, 1e-9);

        // From μ 1.034018313, σ² 0.246107718.
        double deviation = Math.Sqrt(0.246107718);
        double score = (10 - 1.034018313) / (deviation + 1e-6);
        Exact.AssertClose(1.034018313 + (2.5 * deviation / (score / 2.5)), Clip(model, 10).ExceededLimit, 1e-8);
    }

    [Fact]
    public void AdaGC_follows_the_mean_norm_of_each_buffer()
    {
        var model = new OneAdaGC();
        Assert.Equal(1, Scale(1));

        // γ 1, 1.001, 1.00098, 1.00198098.
        Exact.AssertClose(0.525, Scale(2), 1e-12);
        Assert.Equal(1, Scale(1));
        Exact.AssertClose(0.700686, Scale(1.5), 1e-12);
        Exact.AssertClose(1.05 * 1.00198098 / 10, Scale(10), 1e-8);

        double Scale(double norm)
        {
            model.Gradient[0] = norm;
            return model.ClipGradients().Scale;
        }
    }

    [Fact]
    public void AdaGC_clips_one_norm_during_the_warm_up()
    {
        var model = new AdaGCModel();
        ClipResult first = model.Clip(10);
        Assert.Equal((true, 10, 1), (first.Clipped, first.ExceedingNorm, first.ExceededLimit));
        Exact.AssertClose([0.6], model.First, 1e-12);
        Exact.AssertClose([0.8], model.Second, 1e-12);
        Assert.False(model.Clip(0.5).Clipped);

        // The smallest clipped norms: 0.3 and 0.4.
        model.Clip(100);
        Exact.AssertClose([1.05 * 0.3], model.First, 1e-12);
        Exact.AssertClose([1.05 * 0.4], model.Second, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(50)]
    public void AGC_keeps_every_unit_within_its_share(int inverse)
    {
        double ratio = 1.0 / inverse;
        double[] weights = [1, 2, 3, 4];
        foreach (int unitLength in new[] { 0, 2 })
        {
            float[] gradient = [500, 5, 300, 3];
            var source = new WeightedSource([(gradient, [.. weights.Select(weight => (float)weight)], unitLength)]);
            LimitRun run = LimitRun.Of(ClipRule.AdaptiveClip(ratio));
            Assert.True(run.Clip(source).Clipped);
            float[] clipped = [.. gradient];

            int length = unitLength == 0 ? 4 : unitLength;
            for (int start = 0; start < 4; start += length)
            {
                double norm = Exact.Norm(2, gradient[start..(start + length)]);
                double limit = ratio * Exact.NormOf(2, weights[start..(start + length)]);
                Assert.True(norm <= limit, $"{norm:R} is above {limit:R}.");
                Exact.AssertClose(limit, norm);
            }

            Assert.False(run.Clip(source).Clipped);
            Exact.AssertSameBits(clipped, gradient);
        }
    }

    private static ClipResult Clip(UsualZClip model, double norm)
    {
        model.Gradient[0] = norm;
        return model.ClipGradients();
    }

    private static ClipResult Clip(ShortZClip model, double norm)
    {
        model.Gradient[0] = norm;
        return model.ClipGradients();
    }

    [ZClip(2.5)]
    private sealed partial class UsualZClip
    {
        [Gradient] public double[] Gradient { get; } = new double[1];
    }

    [ZClip(2.5, WarmUpSteps = 2)]
    private sealed partial class ShortZClip
    {
        [Gradient] public double[] Gradient { get; } = new double[1];
    }

    [AdaGC(1.05, WarmUpSteps = 1)]
    private sealed partial class OneAdaGC
    {
        [Gradient] public double[] Gradient { get; } = new double[1];
    }
}
