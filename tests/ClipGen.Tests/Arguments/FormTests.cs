using System.Collections;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Arguments;

/// <summary>The arguments that <see cref="Gradients"/> accepts: each form and element type alone, and all together.</summary>
public sealed class FormTests
{
    public static TheoryData<string> Forms =>
    [
        "float[]", "double[]", "Half[]", "float[,]", "double[,,]", "Half[,,,]", "float[0,3]", "jagged", "jagged, rank 2", "jagged twice",
        "List", "List of List", "read-only list", "LINQ", "iterator", "array of lists", "array of rank 2 of arrays", "List<double>",
        "ArraySegment", "ArraySegments", "Memories", "ImmutableArray", "Dictionary", "SortedDictionary", "HashSet", "Queue", "ArrayList",
        "tensor", "tensor with strides", "sources", "null items", "empty list",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_is_clipped_in_place(string form)
    {
        (IEnumerable gradients, Func<double[]> read) = Make(form);
        double[] before = read();
        double norm = Exact.NormOf(2, before);

        Exact.AssertClose(norm, Gradients.Norm(gradients));
        ClipResult result = Gradients.ClipNorm(0.5, gradients);

        Exact.AssertClose(norm, result.TotalNorm);
        double factor = norm > 0.5 ? 0.5 / norm : 1;
        Exact.AssertClose(factor, result.Scale);
        Assert.Equal(norm > 0.5, result.Clipped);
        double[] after = read();
        for (int i = 0; i < before.Length; i++)
            Exact.AssertClose(before[i] * factor, after[i], 1e-3);
        Assert.Equal(norm > 0.5, Gradients.ClipValue(0.1, gradients).Clipped);
        Assert.All(read(), element => Assert.InRange(Math.Abs(element), 0, 0.1001));
    }

    [Fact]
    public void Forms_and_element_types_mix_in_one_call()
    {
        float[] weights = [3, 0];
        double[,] matrix = { { 4, 0 }, { 0, 12 } };
        List<Half[]> list = [[(Half)84], []];
        float[]? none = null;
        IEnumerable<float[]> sequence = [[0], [0, 0]];

        ClipResult result = Gradients.ClipNorm(8.5, weights, matrix, list, none, null, sequence);

        Assert.Equal(85, result.TotalNorm);
        Exact.AssertClose(0.1, result.Scale);
        Exact.AssertClose([0.3, 0], weights);
        Exact.AssertClose([0.4, 0, 0, 1.2], matrix);
        Exact.AssertClose([8.4], list[0], 1e-3);
    }

    [Fact]
    public void Spans_mix_with_other_forms()
    {
        float[] flat = [9, 3, 0, 9];
        double[,] matrix = { { 4, 0 }, { 0, 12 } };
        List<float[]> list = [[84], []];
        Span<double> local = stackalloc double[2];
        local.Clear();
        local[0] = 132;
        float[]? none = null;

        ClipResult result = Gradients.ClipNorm(
            15.7, flat.AsSpan(1, 2), matrix, list, none, local, flat.AsMemory(2, 1), new float[][] { [0], [0] });

        Exact.AssertClose(Math.Sqrt((85 * 85) + (132 * 132)), result.TotalNorm);
        Exact.AssertClose(0.1, result.Scale, 1e-3);
        Exact.AssertClose([9, 3 * result.Scale, 0, 9], flat);
        Exact.AssertClose([4 * result.Scale, 0, 0, 12 * result.Scale], matrix);
        Exact.AssertClose([84 * result.Scale], list[0]);
        Exact.AssertClose(132 * result.Scale, local[0]);
    }

    [Fact]
    public void Spans_of_every_element_type_are_clipped()
    {
        float[] single = [3];
        double[] both = [4];
        Half[] half = [(Half)12];

        Assert.Equal(13, Gradients.Norm(single.AsSpan(), both.AsSpan(), half.AsSpan()));
        Assert.Equal(13, Gradients.ClipNorm(6.5, single.AsMemory(), both.AsMemory(), half.AsMemory()).TotalNorm);
        Assert.Equal((1.5f, 2.0, (Half)6), (single[0], both[0], half[0]));
        Assert.True(Gradients.ClipValue(1, single.AsSpan(), both.AsSpan(), half.AsMemory()).Clipped);
        Assert.Equal((1f, 1.0, (Half)1), (single[0], both[0], half[0]));
        Assert.Equal(0, Gradients.Norm(Span<float>.Empty, default(Memory<double>)));
    }

    [Fact]
    public void Sixteen_arguments_are_taken_in_their_order()
    {
        float[][] d = [.. Enumerable.Range(0, 16).Select(i => new float[] { i + 1 })];

        ClipResult result = Gradients.ClipNorm(
            1, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15],
            scope: ClipScope.PerParameter);

        Exact.AssertClose(Math.Sqrt(1496), result.TotalNorm);
        Assert.All(d, array => Exact.AssertClose([1], array));
        d[15][0] = float.NaN;
        Assert.Equal("d[15]", Assert.Throws<NonFiniteGradientException>(() => Gradients.ClipValue(
            1, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15])).GradientName);
        Assert.True(double.IsNaN(Gradients.Norm(
            d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15])));
    }

    [Fact]
    public void A_collection_expression_holds_gradients_of_any_form()
    {
        float[] weights = [3];
        double[,] matrix = { { 4 } };

        Assert.Equal(5, Gradients.Norm([weights, null, matrix]));
        Assert.Equal(5, Gradients.ClipNorm(2.5, [weights, null, matrix]).TotalNorm);
        Exact.AssertClose([1.5], weights);
        Assert.True(Gradients.ClipValue(1, [weights, matrix]).Clipped);
        Assert.Equal((1f, 1.0), (weights[0], matrix[0, 0]));
    }

    [Fact]
    public void Nothing_at_all_has_norm_0()
    {
        Assert.Equal(0, Gradients.Norm(null));
        Assert.Equal(new ClipResult { Scale = 1 }, Gradients.ClipNorm(1, null, Array.Empty<float>(), new List<double[]>()));
        Assert.Equal(new ClipResult { Scale = 1 }, Gradients.ClipValue(1, new float[0, 5]));
    }

    [Fact]
    public void A_lazy_sequence_is_enumerated_once_per_call()
    {
        int enumerations = 0;
        float[] gradient = [3, 4];
        IEnumerable<float[]> Lazy()
        {
            enumerations++;
            yield return gradient;
        }

        Gradients.ClipNorm(1, Lazy(), scope: ClipScope.PerParameter);
        Assert.Equal(1, enumerations);
        Exact.AssertClose([0.6, 0.8], gradient);
    }

    [Fact]
    public void A_source_is_one_argument()
    {
        float[] a = [3];
        double[] b = [4];
        var source = new ArraySource(a, b);

        Assert.Equal(5, Gradients.Norm(source));
        Assert.Equal(7, Gradients.Norm(source, normType: 1));
        Exact.AssertClose(0.5, Gradients.ClipNorm(2.5, source).Scale);
        Assert.True(Gradients.ClipValue(1, source).Clipped);
        Assert.Equal((1f, 1.0), (a[0], b[0]));
        Assert.Throws<ArgumentNullException>(() => Gradients.Norm((IGradientSource)null!));
        Assert.Throws<ArgumentNullException>(() => Gradients.ClipNorm(1, (IGradientSource)null!));
        Assert.Throws<ArgumentNullException>(() => Gradients.ClipValue(1, (IGradientSource)null!));
    }

    private static (IEnumerable Gradients, Func<double[]> Read) Make(string form)
    {
        float[] a = [1, -2, 0.25f], b = [3];
        double[] c = [-1.5, 2];
        Half[] d = [(Half)0.5, (Half)(-1)];
        List<double> list = [2, -3, 0.125];
        switch (form)
        {
            case "float[]":
                return (a, () => Exact.Elements(a));
            case "double[]":
                return (c, () => Exact.Elements(c));
            case "Half[]":
                return (d, () => Exact.Elements(d));
            case "float[,]":
                return Of(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
            case "double[,,]":
                return Of(new double[,,] { { { 1, 2 } }, { { -3, 4 } } });
            case "Half[,,,]":
                return Of(new Half[,,,] { { { { (Half)1 }, { (Half)2 } } } });
            case "float[0,3]":
                return Of(new float[0, 3]);
            case "jagged":
                return (new[] { a, b }, () => Exact.Elements(a, b));
            case "jagged, rank 2":
                double[,] matrix = { { 1, 2 }, { 3, 4 } };
                return (new[] { matrix }, () => Exact.Elements(matrix));
            case "jagged twice":
                return (new[] { new[] { a }, [], [b, null!] }, () => Exact.Elements(a, b));
            case "List":
                return (new List<float[]> { a, b }, () => Exact.Elements(a, b));
            case "List of List":
                return (new List<List<double>> { list }, () => [.. list]);
            case "read-only list":
                return (new List<double[]> { c }.AsReadOnly(), () => Exact.Elements(c));
            case "LINQ":
                return (new[] { a, b }.Select(array => array), () => Exact.Elements(a, b));
            case "iterator":
                return (Iterate(a, c, d), () => Exact.Elements(a, c, d));
            case "array of lists":
                return (new[] { new List<float[]> { a }, [b] }, () => Exact.Elements(a, b));
            case "array of rank 2 of arrays":
                return (new float[,][] { { a }, { b } }, () => Exact.Elements(a, b));
            case "List<double>":
                return (list, () => [.. list]);
            case "ArraySegment":
                return (new ArraySegment<float>(a, 1, 1), () => [a[1]]);
            case "ArraySegments":
                return (new List<ArraySegment<double>> { new(c, 1, 1), default, new(c, 0, 1) }, () => Exact.Elements(c));
            case "Memories":
                return (new[] { d.AsMemory(1), default }, () => [(double)d[1]]);
            case "ImmutableArray":
                return (ImmutableArray.Create(a, b), () => Exact.Elements(a, b));
            case "Dictionary":
                return (new Dictionary<string, float[]> { ["W"] = a, ["b"] = b }, () => Exact.Elements(a, b));
            case "SortedDictionary":
                return (new SortedDictionary<int, double[]> { [1] = c }, () => Exact.Elements(c));
            case "HashSet":
                return (new HashSet<float[]> { a, b }, () => Exact.Elements(a, b));
            case "Queue":
                return (new Queue<Half[]>([d]), () => Exact.Elements(d));
            case "ArrayList":
                return (new ArrayList { a, c }, () => Exact.Elements(a, c));
            case "tensor":
                return (Tensor.Create(a, [3]), () => Exact.Elements(a));
            case "tensor with strides":
                double[] elements = [1, 2, 3, 4];
                return (Tensor.Create(elements, [2], [2]), () => [elements[0], elements[2]]);
            case "sources":
                return (new List<IGradientSource> { new ArraySource(a, c), new ArraySource(b) }, () => Exact.Elements(a, c, b));
            case "null items":
                return (new[] { null, a, null }, () => Exact.Elements(a));
            default:
                return (new List<float[]>(), () => []);
        }
    }

    private static (IEnumerable Gradients, Func<double[]> Read) Of(Array array) => (array, () => Exact.Elements(array));

    private static IEnumerable<Array> Iterate(params Array[] arrays)
    {
        foreach (Array array in arrays)
            yield return array;
    }
}
