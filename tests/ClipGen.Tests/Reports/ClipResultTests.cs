using System.Globalization;
using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Reports;

/// <summary>The text of a result, in every culture.</summary>
public sealed class ClipResultTests
{
    [Fact]
    public void The_text_says_which_limit_was_exceeded()
    {
        Layer model = new Layer().Gradient("body", new float[] { 0.75f }).Gradient("head", new float[] { 0.5f, 0 }, "heads");
        ClipRule[] rules = [ClipRule.Norm(1), ClipRule.Norm(0.125, group: "heads")];

        Assert.Equal(
            "norm 0.901388, clipped: 0.5 exceeded the limit 0.125, scaled by 0.25",
            GradientOperations.Clip(model, rules).ToString());
        Assert.Equal("norm 0.760345, not clipped", GradientOperations.Clip(model, rules).ToString());
    }

    [Fact]
    public void The_limit_exceeded_by_the_largest_factor_is_told()
    {
        ClipResult result = GradientOperations.Clip(
            new Layer().Gradient("a", new[] { 100f }, "a").Gradient("b", new[] { 8f }, "b").Gradient("c", new[] { 1e6f }, "c"),
            [ClipRule.Norm(50, group: "a"), ClipRule.Norm(1, group: "b"), ClipRule.Value(1, group: "c")]);
        Assert.Equal((8.0, 1.0, 0.125), (result.ExceedingNorm, result.ExceededLimit, result.Scale));

        // Limits by value, where no norm was exceeded.
        result = GradientOperations.Clip(
            new Layer().Gradient("a", new float[] { 100 }, "a").Gradient("b", new[] { 8, float.NaN }, "b"),
            [ClipRule.Value(50, group: "a"), ClipRule.Value(2, NonFinitePolicy.Leave, group: "b")]);
        Assert.Equal((8.0, 2.0, 1.0), (result.ExceedingNorm, result.ExceededLimit, result.Scale));

        var three = new ArraySource(new float[] { 2 }, new float[] { 9 }, new float[] { 3 });
        result = GradientOperations.Clip(three, ClipRule.Norm(1.5, scope: ClipScope.PerParameter));
        Assert.Equal((9.0, 1.5), (result.ExceedingNorm, result.ExceededLimit));
    }

    [Fact]
    public void The_text_says_what_was_done_about_a_NaN()
    {
        foreach ((NonFinitePolicy policy, string expected) in new[]
        {
            (NonFinitePolicy.Zero, "norm NaN, set to zero; not finite: g1"),
            (NonFinitePolicy.Leave, "norm NaN, not clipped; not finite: g1"),
            (NonFinitePolicy.Propagate, "norm NaN, scaled by NaN; not finite: g1"),
        })
        {
            var source = new ArraySource(new float[] { 1 }, new[] { float.NaN });
            Assert.Equal(expected, GradientOperations.Clip(source, ClipRule.Norm(1, nonFinite: policy)).ToString());
        }
    }

    [Fact]
    public void The_text_says_that_the_step_was_skipped()
    {
        var result = new ClipResult { TotalNorm = double.NaN, Scale = 1, NonFiniteGradient = "g1", Skipped = true };
        Assert.Equal("norm NaN, not clipped; not finite: g1, step skipped", result.ToString());
        Assert.False(GradientOperations.Clip(new ArraySource(new[] { float.NaN }),
            ClipRule.Norm(1, nonFinite: NonFinitePolicy.Leave)).Skipped);
    }

    [Fact]
    public void The_text_does_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(
                "norm 2.5, clipped: 2.5 exceeded the limit 1.25, scaled by 0.5",
                GradientOperations.Clip(new ArraySource(new[] { 2.5f }), ClipRule.Norm(1.25)).ToString());
            Assert.Equal("norm 0, clipped", new ClipResult { Clipped = true, Scale = 1 }.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
