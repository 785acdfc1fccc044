using ClipGen.Optimizers;

namespace ClipGen.Tests.Optimizers;

/// <summary>Loss scaling: the same scales as PyTorch's scaler, and results whose bits do not depend on the scale.</summary>
public sealed class LossScalerTests
{
    public static TheoryData<string> Optimizers => [.. OptimizerCases.All];

    [Fact]
    public void The_scale_doubles_after_2000_good_steps()
    {
        var scaler = new LossScaler();
        for (int i = 0; i < 1999; i++)
            scaler.Update(true);
        Assert.Equal(65536, scaler.Scale);
        scaler.Update(true);
        Assert.Equal(131072, scaler.Scale);
    }

    [Fact]
    public void The_scale_halves_at_an_infinity_but_never_below_one()
    {
        var scaler = new LossScaler(400);
        for (int i = 0; i < 4; i++)
            scaler.Update(false);
        Assert.Equal(25, scaler.Scale);
        for (int i = 0; i < 10; i++)
            scaler.Update(false);
        Assert.Equal(1, scaler.Scale);
    }

    [Fact]
    public void A_bad_step_begins_the_count_again()
    {
        var scaler = new LossScaler { GrowthInterval = 3 };
        foreach (bool good in new[] { true, true, false, true, true, true })
            scaler.Update(good);
        Assert.Equal(65536, scaler.Scale);
        Assert.Equal(0, scaler.GoodSteps);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Bits_are_those_of_gradients_without_the_scale(string name)
    {
        EveryForm scaled = new();
        EveryForm plain = new();
        Walker.Fill(scaled, new Random(1));
        Walker.Fill(plain, new Random(1));
        Optimizer one = OptimizerCases.Create(name);
        Optimizer two = OptimizerCases.Create(name);
        var scaler = new LossScaler(1024);
        for (int step = 0; step < 4; step++)
        {
            // The largest Half is 65504.
            double size = step == 2 ? 1e-3 : 5;
            Walker.FillGradients(plain, new Random(step), size);
            var read = Walker.Read(plain);
            var walker = new Walker(null, (path, i) => read[path].Gradient[i] * scaler.Scale);
            scaled.VisitGradients(ref walker);

            ClipResult result = one.ClipAndStep(scaled, scaler);

            Assert.Equal(two.ClipAndStep(plain), result);
            foreach ((string path, (_, double[] parameter)) in Walker.Read(plain))
                Assert.Equal(parameter, Walker.Read(scaled)[path].Parameter);
        }
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void An_overflow_skips_the_step_and_halves_the_scale(double bad)
    {
        var model = new SmallModel<double>([1, 2]) { DW = [1, 2] };
        var optimizer = new AdamW();
        var scaler = new LossScaler();
        optimizer.ClipAndStep(model, scaler);
        (double[] parameters, byte[] state) = ([.. model.W], SavingTests.Saved(optimizer));
        model.DW = [bad, 1];

        ClipResult result = optimizer.ClipAndStep(model, scaler);

        Assert.True(result.Skipped);
        Assert.Equal("_dW", result.NonFiniteGradient);
        Assert.Equal(32768, scaler.Scale);
        Assert.Equal(parameters, model.W);
        Assert.Equal(state, SavingTests.Saved(optimizer));
    }

    [Fact]
    public void Clip_divides_the_scale_out_of_the_gradients()
    {
        var scaler = new LossScaler(16);
        var clipped = new SmallModel<double>([1, 2]) { DW = [48, 64] };
        Assert.Equal(5, scaler.Clip(clipped).TotalNorm);
        Exact.AssertClose([0.6, 0.8], clipped.DW, 1e-15);

        var small = new SmallModel<double>([1, 2]) { DW = [8, 0] };
        ClipResult kept = scaler.Clip(small);
        Assert.False(kept.Clipped);
        Assert.Equal([0.5, 0], small.DW);

        var limited = new SmallModel<double>([1, 2]) { DW = [48, 64] };
        Assert.Equal(0.5, scaler.Clip(limited, 2.5).Scale);

        var bad = new SmallModel<double>([1, 2]) { DW = [double.PositiveInfinity, 64] };
        Assert.True(scaler.Clip(bad).Skipped);
        Assert.Equal([double.PositiveInfinity, 64], bad.DW);
        Assert.Equal(8, scaler.Scale);
    }

    [Fact]
    public void A_saved_scaler_goes_on_where_it_was()
    {
        var scaler = new LossScaler(1024) { GrowthInterval = 5 };
        scaler.Update(false);
        scaler.Update(true);
        scaler.Update(true);
        using var saved = new MemoryStream();
        scaler.Save(saved);
        var loaded = new LossScaler();
        loaded.Load(new MemoryStream(saved.ToArray()));
        Assert.Equal((512, 5, 2), (loaded.Scale, loaded.GrowthInterval, loaded.GoodSteps));

        for (int length = 0; length < saved.Length; length++)
            Assert.Throws<InvalidDataException>(() => loaded.Load(new MemoryStream(saved.ToArray()[..length])));
        using var other = new MemoryStream();
        new Adam().Save(other);
        Assert.Contains("loss scaler", Assert.Throws<InvalidDataException>(() => loaded.Load(new MemoryStream(other.ToArray()))).Message,
            StringComparison.Ordinal);
        Assert.Equal(512, loaded.Scale);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaler(0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaler(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaler { GrowthInterval = 0 });
    }
}
