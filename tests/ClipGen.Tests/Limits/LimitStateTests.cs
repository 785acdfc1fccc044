using ClipGen.Numerics;
using ClipGen.Optimizers;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Limits;

/// <summary>What changes the state of a limit, how long the state exists, and how it is saved.</summary>
public sealed partial class LimitStateTests
{
    public static TheoryData<string> Kinds => [.. LimitKinds.Names];

    public static TheoryData<string, double> NonFinite()
    {
        var data = new TheoryData<string, double>();
        foreach (string kind in LimitKinds.Names)
        {
            data.Add(kind, double.NaN);
            data.Add(kind, double.PositiveInfinity);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(NonFinite))]
    public void A_gradient_that_is_not_finite_does_not_change_the_state(string kind, double bad)
    {
        ILimitModel model = LimitModels.Create(kind);
        ILimitModel clean = LimitModels.Create(kind);
        var optimizer = new Sgd(learningRate: 0.01);
        var cleanOptimizer = new Sgd(learningRate: 0.01);
        var random = new Random(3);
        for (int i = 0; i < 40; i++)
        {
            if (i % 3 == 1)
            {
                model.SetGradient(1);
                model.Second[0] = bad;
                Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients());
                Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients(new ClipReport()));
                Assert.Throws<NonFiniteGradientException>(() => model.ClipAndStep(optimizer));

                // The loss scaler skips the step.
                Assert.True(model.ClipAndStep(optimizer, new LossScaler()).Skipped);
            }

            double norm = Math.Exp(random.NextDouble() * 4);
            clean.SetGradient(norm);
            model.SetGradient(norm);
            if (i % 2 == 0)
                AssertSame(clean.ClipAndStep(cleanOptimizer), model.ClipAndStep(optimizer));
            else
                AssertSame(clean.ClipGradients(), model.ClipGradients());
        }

        Assert.Equal(Saved(ClipState.Of(clean)), Saved(ClipState.Of(model)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_that_throws_does_not_change_the_state(string kind)
    {
        ILimitModel model = LimitModels.Create(kind);
        model.Clip(2);
        byte[] before = Saved(ClipState.Of(model));

        // The optimizer has the state of another model.
        var optimizer = new AdamW(learningRate: 0.1);
        optimizer.ClipAndStep(new Optimizers.SmallModel<float>([1, 2, 3]));
        optimizer.Load(new MemoryStream(SavedOf(optimizer)));
        model.SetGradient(3);
        Assert.Throws<InvalidOperationException>(() => model.ClipAndStep(optimizer));

        Assert.Equal(before, Saved(ClipState.Of(model)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Saved_and_loaded_the_sequence_goes_on_with_the_same_bits(string kind)
    {
        foreach (int steps in new[] { 0, 1, 2, 3, 30 })
        {
            ILimitModel model = LimitModels.Create(kind);
            var random = new Random(steps);
            for (int i = 0; i < steps; i++)
                model.Clip(Math.Exp(3 * random.NextDouble()));
            ILimitModel resumed = LimitModels.Create(kind);
            resumed.Clip(77);
            ClipState.Of(resumed).Load(new MemoryStream(Saved(ClipState.Of(model))));

            for (int i = 0; i < 30; i++)
            {
                double norm = Math.Exp(3 * random.NextDouble());
                AssertSame(model.Clip(norm), resumed.Clip(norm));
                Assert.Equal(model.First, resumed.First);
            }

            Assert.Equal(Saved(ClipState.Of(model)), Saved(ClipState.Of(resumed)));
        }
    }

    [Fact]
    public void A_long_run_of_AutoClip_is_saved_and_loaded()
    {
        LimitRun run = LimitRun.Of(ClipRule.AutoClip(10));
        float[] gradient = new float[1];
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            gradient[0] = (float)Math.Exp(3 * random.NextDouble());
            run.Clip(new ArraySource(gradient));
        }

        LimitRun resumed = LimitRun.Of(ClipRule.AutoClip(10));
        resumed.State.Load(new MemoryStream(Saved(run.State)));
        for (int i = 0; i < 100; i++)
        {
            float norm = (float)Math.Exp(5 * random.NextDouble());
            gradient[0] = norm;
            ClipResult expected = run.Clip(new ArraySource(gradient));
            gradient[0] = norm;
            AssertSame(expected, resumed.Clip(new ArraySource(gradient)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reset_clears_the_state(string kind)
    {
        ILimitModel model = LimitModels.Create(kind);
        ILimitModel fresh = LimitModels.Create(kind);
        for (int i = 0; i < 7; i++)
            model.Clip(100 + i);
        ClipState.Of(model).Reset();

        for (int i = 1; i < 7; i++)
            AssertSame(fresh.Clip(i), model.Clip(i));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Zero_norms_do_not_change_the_state(string kind)
    {
        if (kind == "AdaptiveClip")
            return;
        ILimitModel model = LimitModels.Create(kind);
        ILimitModel clean = LimitModels.Create(kind);
        for (int i = 1; i < 20; i++)
        {
            Assert.False(model.Clip(0).Clipped);
            AssertSame(clean.Clip(i), model.Clip(i));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void With_a_loss_scale_the_limits_are_the_same(string kind)
    {
        ILimitModel model = LimitModels.Create(kind);
        ILimitModel scaled = LimitModels.Create(kind);
        var optimizer = new Sgd(learningRate: 0.01);
        var scaledOptimizer = new Sgd(learningRate: 0.01);
        var scaler = new LossScaler(1024);
        var random = new Random(4);
        for (int i = 0; i < 30; i++)
        {
            double norm = Math.Exp(4 * random.NextDouble());
            model.SetGradient(norm);
            scaled.SetGradient(norm);
            scaled.First[0] *= 1024;
            scaled.Second[0] *= 1024;

            AssertSame(model.ClipAndStep(optimizer), scaled.ClipAndStep(scaledOptimizer, scaler));
        }

        Assert.Equal(Saved(ClipState.Of(model)), Saved(ClipState.Of(scaled)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Allocates_nothing_after_the_first_clips(string kind)
    {
        ILimitModel model = LimitModels.Create(kind);
        var optimizer = new Sgd(learningRate: 0.01);
        var scaler = new LossScaler();
        var report = new ClipReport();
        long least = long.MaxValue;
        for (int i = 0; i < 12; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.Clip(3 + (i % 5));
            model.SetGradient(4);
            model.ClipGradients(report);
            model.SetGradient(5);
            model.ClipAndStep(optimizer);
            model.SetGradient(6);
            model.ClipAndStep(optimizer, scaler);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void A_report_changes_no_bit()
    {
        foreach (string kind in LimitKinds.Names)
        {
            ILimitModel model = LimitModels.Create(kind);
            ILimitModel reported = LimitModels.Create(kind);
            var report = new ClipReport();
            var random = new Random(8);
            for (int i = 0; i < 20; i++)
            {
                double norm = Math.Exp(4 * random.NextDouble());
                reported.SetGradient(norm);
                AssertSame(model.Clip(norm), reported.ClipGradients(report));
                Assert.Equal(model.First, reported.First);
            }
        }
    }

    [Fact]
    public void Each_object_has_a_state_of_its_own()
    {
        var first = new AutoClipModel();
        var second = new AutoClipModel();
        first.Clip(100);

        Assert.Same(ClipState.Of(first), ClipState.Of(first));
        Assert.NotSame(ClipState.Of(first), ClipState.Of(second));
        Assert.False(second.Clip(1).Clipped);
        Assert.True(second.Clip(2).Clipped);
    }

    [Fact]
    public void A_fixed_limit_in_place_of_the_declared_one_does_not_change_the_state()
    {
        var model = new AutoClipModel();
        var clean = new AutoClipModel();
        model.Clip(5);
        clean.Clip(5);
        model.SetGradient(100);
        Assert.Equal(7, model.ClipGradients(7).ExceededLimit);

        AssertSame(clean.Clip(6), model.Clip(6));
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => model.ClipGradients(0));
    }

    [Theory]
    [InlineData("ZClip")]
    [InlineData("AdaGC")]
    public void The_state_of_other_limits_is_refused(string kind)
    {
        ILimitModel model = LimitModels.Create(kind);
        model.Clip(3);
        byte[] before = Saved(ClipState.Of(model));
        ILimitModel other = LimitModels.Create("AutoClip");

        InvalidDataException exception = Assert.Throws<InvalidDataException>(
            () => ClipState.Of(model).Load(new MemoryStream(Saved(ClipState.Of(other)))));
        Assert.Contains("AutoClip", exception.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => ClipState.Of(model).Load(new MemoryStream([1, 2, 3])));
        Assert.Throws<InvalidDataException>(() => ClipState.Of(model).Load(new MemoryStream(before[..^1])));
        Assert.Equal(before, Saved(ClipState.Of(model)));
    }

    [Fact]
    public void What_declares_no_limits_has_no_state()
    {
        Assert.Throws<ArgumentException>("model", () => ClipState.Of(new object()));
        Assert.Throws<ArgumentException>("model", () => ClipState.Of(3));
        Assert.Throws<ArgumentNullException>("model", () => ClipState.Of(null!));
    }

    [Fact]
    public void A_rule_without_a_state_is_refused()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => GradientOperations.Clip(new ArraySource(new float[] { 3 }), ClipRule.AutoClip(10)));
        Assert.Contains(nameof(ClipState), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        foreach ((string name, ClipRule rule) in new[]
        {
            ("percentile", ClipRule.AutoClip(0)),
            ("percentile", ClipRule.AutoClip(100.1)),
            ("percentile", ClipRule.AutoClip(double.NaN)),
            ("threshold", ClipRule.ZClip(0)),
            ("threshold", ClipRule.ZClip(double.PositiveInfinity)),
            ("warmUpSteps", ClipRule.ZClip(2.5, warmUpSteps: 1)),
            ("warmUpSteps", ClipRule.AutoClip(10, warmUpSteps: -1)),
            ("ratio", ClipRule.AdaptiveClip(-0.1)),
            ("ratio", ClipRule.AdaGC(0)),
            ("maxNorm", ClipRule.AdaGC(1.05, maxNorm: 0)),
            ("maxNorm", ClipRule.AutoClip(10, maxNorm: double.NaN)),
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(name, () => LimitRun.Of(rule));
        }
    }

    internal static byte[] Saved(ClipState state)
    {
        using var stream = new MemoryStream();
        state.Save(stream);
        return stream.ToArray();
    }

    private static byte[] SavedOf(Optimizer optimizer)
    {
        using var stream = new MemoryStream();
        optimizer.Save(stream);
        return stream.ToArray();
    }

    private static void AssertSame(in ClipResult expected, in ClipResult actual) => Assert.Equal(expected, actual);
}
