using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Names, norms of each buffer, and sources whose traversal fails.</summary>
public sealed class NameAndNormTests
{
    [Fact]
    public void Names_are_paths_in_visiting_order()
    {
        float[] one = [1];
        Layer model = new Layer()
            .Gradient("_dW", new float[1])
            .Gradient("_none", null)
            .Gradient("_empty", Array.Empty<float>())
            .Collection("_layers",
                [(0, new Layer().Gradient("_dBias", new double[1])),
                    (3, new Layer().Gradient("_dBias", one).Gradient(string.Empty, new Half[1]))])
            .Collection("_heads",
                [("actor", new Layer().Member("Inner", new Layer().Gradient("dW", new float[1]))), ("critic", new Layer())])
            .Collection("_byHalf", [(1.5, new Layer().Gradient("g", new float[1]))])
            .Gradient("_tied", one)
            .Member("_head", new Layer().Gradient("_dW", new float[1]));

        Assert.Equal(
            ["_dW", "_layers[0]._dBias", "_layers[3]._dBias", "_layers[3]", "_heads[actor].Inner.dW", "_byHalf[1.5].g", "_head._dW"],
            GradientOperations.Names(model));
    }

    [Fact]
    public void Norms_are_those_of_the_names()
    {
        float[] tied = [1, 1, 1, 1];
        Layer model = new Layer()
            .Gradient("a", new float[] { 3, 4 })
            .Gradient("none", null)
            .Gradient("b", tied)
            .Gradient("tied", tied)
            .Gradient("zero", new float[5])
            .Gradient("huge", new[] { 1e30f, 1e30f, 1e30f, 1e30f })
            .Gradient("nan", new[] { 1, double.NaN })
            .Gradient("infinite", new[] { Half.NegativeInfinity });
        var norms = new double[10];
        norms.AsSpan().Fill(-7);

        Assert.Equal(6, GradientOperations.Norms(model, norms));
        Assert.Equal(6, GradientOperations.Names(model).Count);
        Assert.Equal([5, 2, 0], norms[..3]);
        Exact.AssertClose(2e30, norms[3]);
        Assert.Equal([double.NaN, double.PositiveInfinity, -7], norms[4..7]);

        Assert.Equal(6, GradientOperations.Norms(model, norms, 0.5));
        Exact.AssertClose(Math.Pow(Math.Sqrt(3) + 2, 2), norms[0]);
        Exact.AssertClose(16, norms[1]);
        Assert.Equal(0, norms[2]);
        Exact.AssertClose(16e30, norms[3]);
        Assert.Equal([double.NaN, double.PositiveInfinity], norms[4..6]);
    }

    [Fact]
    public void Too_little_room_for_the_norms_writes_nothing()
    {
        double[] norms = [-7, -7];

        Assert.Throws<ArgumentException>(() => GradientOperations.Norms(new ArraySource(new float[1], new float[1], new float[1]), norms));

        Assert.Equal([-7, -7], norms);
    }

    [Fact]
    public void No_gradients_at_all()
    {
        foreach (ArraySource source in new[] { new ArraySource([]), new ArraySource(null, Array.Empty<float>()) })
        {
            ClipResult result = GradientOperations.Clip(source, ClipRule.Norm(1));
            Assert.Equal(new ClipResult { Scale = 1 }, result);
            Assert.Equal(result, GradientOperations.Clip(source, ClipRule.Value(1)));
            Assert.Equal(result, GradientOperations.Clip(source, [ClipRule.Norm(1, 3), ClipRule.Value(1, group: "a")]));
            Assert.Equal(0, GradientOperations.Norm(source, 0.5));
            Assert.Equal(0, GradientOperations.Norms(source, []));
            Assert.Empty(GradientOperations.Names(source));
            GradientOperations.Scale(source, 2);
            GradientOperations.Zero(source);
        }
    }

    [Fact]
    public void Other_element_types_are_refused_by_name()
    {
        var integers = new ArraySource(new int[] { 1 });
        var strings = new ArraySource(new[] { "gradient" }, new float[] { 3 });

        Assert.Contains("System.Int32", Assert.Throws<NotSupportedException>(() => GradientOperations.Norm(integers)).Message,
            StringComparison.Ordinal);
        foreach (Action operation in new Action[]
        {
            () => GradientOperations.Clip(strings, ClipRule.Norm(1)),
            () => GradientOperations.Clip(strings, ClipRule.Value(1)),
            () => GradientOperations.Clip(strings, [ClipRule.Norm(1, 3), ClipRule.Value(1, group: "a")]),
            () => GradientOperations.Norms(strings, new double[2]),
            () => GradientOperations.Names(strings),
            () => GradientOperations.Scale(strings, 2),
            () => GradientOperations.Zero(strings),
        })
        {
            Assert.Contains("System.String", Assert.Throws<NotSupportedException>(operation).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Deep_models_are_traversed_and_cycles_throw()
    {
        Layer deep = new Layer().Gradient("g", new float[] { 1 });
        for (int i = 0; i < 200; i++)
            deep = new Layer().Gradient("g", new float[] { 1 }).Member("next", deep);
        Exact.AssertClose(Math.Sqrt(201), GradientOperations.Norm(deep));

        Layer first = new Layer().Gradient("g", new float[] { 1 });
        Layer second = new Layer().Collection("firsts", [(0, first)]);
        first.Member("second", second);
        foreach (Action operation in new Action[]
        {
            () => GradientOperations.Clip(first, ClipRule.Norm(1)),
            () => GradientOperations.Clip(first, [ClipRule.Norm(1, 3), ClipRule.Value(1, group: "a")]),
            () => GradientOperations.Norms(first, new double[2]),
            () => GradientOperations.Names(first),
            () => GradientOperations.Scale(first, 2),
            () => GradientOperations.Zero(first),
        })
        {
            Assert.Contains("contains itself", Assert.Throws<InvalidOperationException>(operation).Message, StringComparison.Ordinal);
        }
    }
}
