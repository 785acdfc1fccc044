using ClipGen.Numerics;
using ClipGen.Optimizers;
using ClipGen.Tests.Sources;

#pragma warning disable IDE0052 // Generated code reads what no other code does.

namespace ClipGen.Tests.Limits;

/// <summary>Limits of groups and members, fixed limits beside them, and the units of limits.</summary>
public sealed partial class LimitScopeTests
{
    [Fact]
    public void Units_of_an_earlier_clip_are_forgotten()
    {
        float[] gradient = [.. Enumerable.Repeat(100f, 60)];
        float[] weights = [.. Enumerable.Repeat(1f, 60)];
        LimitRun.Of(ClipRule.AdaptiveClip(0.01)).Clip(new WeightedSource((gradient, weights, 2), (gradient[..30], weights[..30], 3)));

        // Slices that are not in the order of their addresses could be tied, so each one is looked up.
        float[] flat = [.. Enumerable.Repeat(1f, 100)];
        GradientOperations.Scale(new SliceSource<float>(flat, (90, 10), (0, 10), (50, 40), (10, 40)), 3);

        Assert.All(flat, element => Assert.Equal(3, element));
    }

    [Fact]
    public void Groups_and_members_have_states_of_their_own()
    {
        var model = new Mixed();
        foreach (double norm in new[] { 5.0, 1, 3, 2, 10 })
        {
            model.Set(head: norm, own: 4 * norm, rest: 100);
            model.ClipGradients();
        }

        Exact.AssertClose([1.4], model.Head, 1e-12);
        Exact.AssertClose([4 * 1.4], model.Own, 1e-12);
        Exact.AssertClose([2.0], model.Rest, 1e-12);
    }

    [Fact]
    public void Another_limit_for_all_leaves_groups_as_they_are()
    {
        var model = new Mixed();
        model.Set(head: 5, own: 5, rest: 100);
        model.ClipGradients();
        model.Set(head: 10, own: 10, rest: 100);
        model.ClipGradients(7);

        Exact.AssertClose([5.5], model.Head, 1e-12);
        Exact.AssertClose([5.5], model.Own, 1e-12);
        Exact.AssertClose([7.0], model.Rest, 1e-12);
    }

    [Theory]
    [InlineData("AutoClip", 90)]
    [InlineData("ZClip", 2.5)]
    [InlineData("AdaptiveClip", 0.5)]
    [InlineData("AdaGC", 1.5)]
    public void MaxNorm_always_holds(string kind, double number)
    {
        LimitRun run = LimitRun.Of(LimitKinds.All[kind].Rule(number, 2, 5));
        var random = new Random(2);
        for (int i = 0; i < 30; i++)
        {
            float[] first = [.. Enumerable.Range(0, 6).Select(_ => (float)(20 * (random.NextDouble() - 0.5)))];
            float[] second = [.. Enumerable.Range(0, 3).Select(_ => (float)(20 * (random.NextDouble() - 0.5)))];
            run.Clip(new WeightedSource((first, [3, 4, 5, 6, 7, 8], 3), (second, [1, 2, 3], 0)));

            Assert.InRange(Exact.Norm(2, first, second), 0, 2 * (1 + 1e-6));
        }
    }

    [Fact]
    public void AdaGC_knows_buffers_by_their_path()
    {
        LimitRun run = LimitRun.Of(ClipRule.AdaGC(1.05, warmUpSteps: 1));
        run.Clip(new ArraySource(new[] { 0.6f }, new[] { 0.8f }));

        // Without the first buffer, the second one keeps its position.
        float[] second = [10];
        run.Clip(new ArraySource(null, second));
        Exact.AssertClose([1.05 * 0.8], second);

        float[] first = [10];
        run.Clip(new ArraySource(first, null));
        Exact.AssertClose([1.05 * 0.6], first);
    }

    [Fact]
    public void Tied_gradients_are_one()
    {
        LimitRun run = LimitRun.Of(ClipRule.AdaGC(1.05, warmUpSteps: 1));
        float[] shared = [0.5f];
        run.Clip(new ArraySource(shared, shared, new[] { 0.1f }));
        shared[0] = 10;
        float[] other = [10];
        run.Clip(new ArraySource(shared, shared, other));

        Exact.AssertClose([1.05 * 0.5], shared);
        Exact.AssertClose([1.05 * 0.1f], other);
    }

    [Fact]
    public void Units_are_rows_of_matrices_and_of_flat_arrays()
    {
        var model = new Rows();
        model.ClipGradients();

        // The rows of the weights have the norms 5 and 10. All gradients are 100.
        Exact.AssertClose([0.5, 0, 1, 0], Flat(model.DMatrix));
        Exact.AssertClose([0.5, 0, 1, 0], model.DFlat);
        Exact.AssertClose([0.5, 0], model.DJagged[0]);
        Exact.AssertClose([1.0, 0], model.DJagged[1]);
        double whole = 0.1 * Math.Sqrt(125) / Math.Sqrt(20000);
        Exact.AssertClose([100 * whole, 0, 100 * whole, 0], model.DBias);
    }

    [Fact]
    public void Units_step_as_if_they_were_clipped_before()
    {
        var model = new Rows();
        var clipped = new Rows();
        var optimizer = new AdamW(learningRate: 0.1) { ZeroGradients = true };
        var other = new AdamW(learningRate: 0.1);
        for (int i = 0; i < 3; i++)
        {
            optimizer.ClipAndStep(model);
            clipped.ClipGradients();
            other.Step(clipped);
            model.Fill();
            clipped.Fill();
            Assert.Equal(Flat(clipped.Matrix), Flat(model.Matrix));
            Assert.Equal(clipped.Bias, model.Bias);
        }
    }

    [Fact]
    public void Gradients_without_weights_are_named()
    {
        LimitRun run = LimitRun.Of(ClipRule.AdaptiveClip(0.01));

        InvalidOperationException missing = Assert.Throws<InvalidOperationException>(
            () => run.Clip(new WeightedSource(([3], [1], 0), ([4], null, 0))));
        InvalidOperationException shorter = Assert.Throws<InvalidOperationException>(
            () => run.Clip(new WeightedSource(([3, 4], [1], 0))));
        InvalidOperationException uneven = Assert.Throws<InvalidOperationException>(
            () => run.Clip(new WeightedSource(([3, 4, 5], [1, 2, 3], 2))));

        Assert.Contains("'g1' has no parameter", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'g0'", shorter.Message, StringComparison.Ordinal);
        Assert.Contains("UnitLength of the gradient 'g0'", uneven.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Units_of_extreme_numbers_are_scaled_to_their_limit()
    {
        LimitRun run = LimitRun.Of(ClipRule.AdaptiveClip(0.5));
        float[] gradient = [1e30f, 1e30f, 1e-40f, 0, 0, 0];
        run.Clip(new WeightedSource((gradient, [1e25f, 0, 0, 0, 1, 1], 2)));

        Exact.AssertClose([0.5e25 / Math.Sqrt(2), 0.5e25 / Math.Sqrt(2)], gradient[..2]);
        Assert.Equal([1e-40f, 0, 0, 0], gradient[2..]);
    }

    [Fact]
    public void Weights_that_are_not_finite_limit_nothing()
    {
        LimitRun run = LimitRun.Of(ClipRule.AdaptiveClip(0.5));
        float[] gradient = [3, 4];
        run.Clip(new WeightedSource((gradient, [float.NaN, float.PositiveInfinity], 1)));

        Assert.Equal([3, 4], gradient);
    }

    [Fact]
    public void A_report_tells_the_limit_of_each_gradient()
    {
        LimitRun run = LimitRun.Of(ClipRule.AdaptiveClip(0.1));
        var report = new ClipReport();
        run.Clip(new WeightedSource(([1, 0, 1, 0], [3, 4, 6, 8], 2), ([0.01f], [2], 0)), report);

        // The row that exceeds its limit by the largest factor. The limits are 0.5 and 1.
        Exact.AssertClose(0.5, report.Gradients[0].Limit);
        Exact.AssertClose(1, report.Gradients[0].Norm);
        Exact.AssertClose(0.2, report.Gradients[1].Limit);
        Exact.AssertClose(0.5, report.Limits[0].Limit);
        Assert.Equal((true, false), (report.Gradients[0].Clipped, report.Gradients[1].Clipped));
    }

    private static double[] Flat(float[,] matrix) => [.. matrix.Cast<float>().Select(x => (double)x)];

    [ClipGradNorm(2)]
    [AutoClip(10, Group = "head")]
    private sealed partial class Mixed
    {
        [Gradient(Group = "head")] public double[] Head { get; } = new double[1];

        [AutoClip(10)] public double[] Own { get; } = new double[1];

        [Gradient] public double[] Rest { get; } = new double[1];

        public void Set(double head, double own, double rest) => (Head[0], Own[0], Rest[0]) = (head, own, rest);
    }

    [AdaptiveClip(0.1)]
    private sealed partial class Rows
    {
        [Parameter(Gradient = nameof(DMatrix))] public float[,] Matrix { get; } = { { 3, 4 }, { 6, 8 } };

        public float[,] DMatrix { get; } = new float[2, 2];

        [Parameter(Gradient = nameof(DFlat))] private readonly float[] _flat = [3, 4, 6, 8];

        [Gradient(UnitLength = 2)] public float[] DFlat { get; } = new float[4];

        [Parameter(Gradient = nameof(DJagged))] private readonly float[][] _jagged = [[3, 4], [6, 8]];

        public float[][] DJagged { get; } = [new float[2], new float[2]];

        [Parameter(Gradient = nameof(DBias))] public float[] Bias { get; } = [3, 4, 6, 8];

        public float[] DBias { get; } = new float[4];

        public Rows() => Fill();

        public void Fill()
        {
            (DMatrix[0, 0], DMatrix[0, 1], DMatrix[1, 0], DMatrix[1, 1]) = (100, 0, 100, 0);
            (DFlat[0], DFlat[1], DFlat[2], DFlat[3]) = (100, 0, 100, 0);
            (DJagged[0][0], DJagged[0][1], DJagged[1][0], DJagged[1][1]) = (100, 0, 100, 0);
            (DBias[0], DBias[1], DBias[2], DBias[3]) = (100, 0, 100, 0);
        }
    }
}
