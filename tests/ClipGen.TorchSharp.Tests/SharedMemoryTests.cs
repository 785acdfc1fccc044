using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Gradients that share memory, in any layout. Each element counts and is scaled once, or the call throws.</summary>
public sealed class SharedMemoryTests : TorchTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    // Views of a 6 × 4 matrix. The first gradient covers the second.
    private static readonly (string Name, Func<Tensor, Tensor> First, Func<Tensor, Tensor> Second)[] Covered =
    [
        ("column", all => all, all => all.select(1, 1)),
        ("row", all => all, all => all.select(0, 2)),
        ("block", all => all, all => all.slice(0, 1, 5, 2).slice(1, 0, 4, 3)),
        ("transposed", all => all, all => all.t()),
        ("transposed first", all => all.t(), all => all),
        ("transposed columns", all => all.slice(1, 0, 2, 1), all => all.slice(1, 0, 2, 1).t()),
        ("column of columns", all => all.slice(1, 0, 3, 1), all => all.select(1, 2)),
        ("slice", all => all, all => all.view(24).slice(0, 4, 9, 1)),
        ("every second and every fourth", all => all.view(24).slice(0, 0, 24, 2), all => all.view(24).slice(0, 2, 24, 4)),
        ("one of every second", all => all.view(24).slice(0, 0, 24, 2), all => all.view(24).slice(0, 6, 7, 1)),
        ("an element, expanded", all => all, all => all.select(0, 0).slice(0, 0, 1, 1).expand(5)),
        ("a row, expanded", all => all, all => all.slice(0, 3, 4, 1).expand(6, 4)),
        ("the same columns", all => all.slice(1, 1, 3, 1), all => all.slice(1, 1, 3, 1)),
        ("overlapping windows", all => all, all => all.view(24).as_strided([5, 4], [2, 1])),
    ];

    private static readonly (string Name, Func<Tensor, Tensor>[] Views)[] Apart =
    [
        ("columns", [all => all.slice(1, 0, 1, 1), all => all.slice(1, 1, 3, 1), all => all.slice(1, 3, 4, 1)]),
        ("columns of transposed", [all => all.t().slice(0, 0, 2, 1), all => all.t().slice(0, 2, 4, 1)]),
        ("rows", [all => all.slice(0, 0, 2, 1), all => all.slice(0, 2, 6, 1)]),
        ("rows, the last first", [all => all.slice(0, 2, 6, 1), all => all.slice(0, 0, 2, 1)]),
        ("even and odd", [all => all.view(24).slice(0, 0, 24, 2), all => all.view(24).slice(0, 1, 24, 2)]),
        ("odd and even", [all => all.view(24).slice(0, 1, 24, 2), all => all.view(24).slice(0, 0, 24, 2)]),
        ("thirds", [.. new[] { 2, 0, 1 }.Select<int, Func<Tensor, Tensor>>(i => all => all.view(24).slice(0, i, 24, 3))]),
        ("blocks",
        [
            all => all.slice(0, 0, 3, 1).slice(1, 0, 2, 1), all => all.slice(0, 0, 3, 1).slice(1, 2, 4, 1), all => all.slice(0, 3, 6, 1),
        ]),
        ("blocks and rows around them",
        [
            all => all.slice(0, 0, 1, 1), all => all.slice(0, 1, 5, 1).slice(1, 0, 3, 1), all => all.slice(0, 5, 6, 1),
            all => all.slice(0, 1, 5, 1).select(1, 3),
        ]),
    ];

    private static readonly (string Name, Func<Tensor, Tensor> First, Func<Tensor, Tensor> Second)[] Overlapping =
    [
        ("slices", all => all.view(24).slice(0, 0, 12, 1), all => all.view(24).slice(0, 8, 24, 1)),
        ("a column before all", all => all.select(1, 1), all => all),
        ("rows and columns", all => all.slice(0, 0, 3, 1), all => all.slice(1, 0, 2, 1)),
        ("columns", all => all.slice(1, 0, 2, 1), all => all.slice(1, 1, 3, 1)),
        ("seconds and thirds", all => all.view(24).slice(0, 0, 24, 2), all => all.view(24).slice(0, 0, 24, 3)),
        ("expanded before all", all => all.slice(0, 0, 1, 1).expand(6, 4), all => all),
        ("expanded twice", all => all.slice(0, 0, 1, 1).expand(6, 4), all => all.slice(0, 0, 1, 1).expand(5, 4)),
        ("windows before all", all => all.view(24).as_strided([5, 4], [2, 1]), all => all),
    ];

    public static TheoryData<string, ScalarType> CoveredCases() => Cases(Covered.Select(item => item.Name));

    public static TheoryData<string, ScalarType> ApartCases() => Cases(Apart.Select(item => item.Name));

    public static TheoryData<string, ScalarType> OverlappingCases() => Cases(Overlapping.Select(item => item.Name));

    [Theory, MemberData(nameof(CoveredCases))]
    public void A_gradient_inside_an_earlier_one_counts_once(string name, ScalarType type) => ForEachWay(() =>
    {
        (_, Func<Tensor, Tensor> first, Func<Tensor, Tensor> second) = Covered.Single(item => item.Name == name);
        using DisposeScope scope = NewDisposeScope();
        Tensor all = Matrix(type);
        double[] before = Elements(all);
        Parameter[] parameters = [WithGradient(first(all)), WithGradient(second(all))];
        double[] covered = Gradient(parameters[0]);
        double norm = Math.Sqrt(covered.Sum(x => x * x));

        AssertClose(norm, TorchGradients.Norm(parameters));
        ClipResult result = TorchGradients.ClipNorm(parameters, norm / 2);

        AssertClose(norm, result.TotalNorm);
        AssertClose(0.5, result.Scale);
        AssertClose([.. covered.Select(x => x / 2)], Gradient(parameters[0]));

        // All elements of the second gradient are elements of the first.
        HashSet<double> halves = [.. Gradient(parameters[0])];
        Assert.All(Gradient(parameters[1]), element => Assert.Contains(element, halves));
        Assert.Equal(before.Length, Elements(all).Zip(before).Count(pair => pair.First == pair.Second || pair.First == pair.Second / 2));
        Assert.Equal(["parameters[0]"], NamesOf(parameters));
    });

    [Theory, MemberData(nameof(ApartCases))]
    public void Views_of_one_storage_without_common_elements_are_independent(string name, ScalarType type) => ForEachWay(() =>
    {
        Func<Tensor, Tensor>[] views = Apart.Single(item => item.Name == name).Views;
        using DisposeScope scope = NewDisposeScope();
        Tensor all = Matrix(type);
        double[] before = Elements(all);
        Parameter[] parameters = [.. views.Select(view => WithGradient(view(all)))];
        double norm = Math.Sqrt(before.Sum(x => x * x));

        AssertClose(norm, TorchGradients.Norm(parameters));
        AssertClose(norm, TorchGradients.ClipNorm(parameters, norm / 2).TotalNorm);
        AssertClose([.. before.Select(x => x / 2)], Elements(all));
        TorchGradients.ClipValue(parameters, 2);
        Assert.All(Elements(all), element => Assert.InRange(element, -2, 2));
        Assert.Equal(views.Length, NamesOf(parameters).Count);
    });

    [Theory, MemberData(nameof(OverlappingCases))]
    public void Gradients_that_overlap_in_part_are_refused_by_name(string name, ScalarType type) => ForEachWay(() =>
    {
        (_, Func<Tensor, Tensor> first, Func<Tensor, Tensor> second) = Overlapping.Single(item => item.Name == name);
        using DisposeScope scope = NewDisposeScope();
        Tensor all = Matrix(type);
        double[] before = Elements(all);
        Parameter[] parameters = [WithGradient(first(all)), WithGradient(second(all))];

        foreach (Action clip in new Action[]
        {
            () => TorchGradients.ClipNorm(parameters, 1),
            () => TorchGradients.ClipValue(parameters, 1),
            () => TorchGradients.Norm(parameters),
            () => TorchGradients.ClipNorm(parameters, 1, scope: ClipScope.PerParameter),
        })
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(clip);
            Assert.Contains("'parameters[0]' and 'parameters[1]'", thrown.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Elements(all));
    });

    [Fact]
    public void One_gradient_of_two_parameters_stays_one_where_it_has_to_be_replaced() => ForEachWay(() =>
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor gradient in new[] { tensor(new[] { 3f, 4f }).expand(3, 2), Sparse() })
        {
            Parameter[] parameters = [WithGradient(gradient), WithGradient(gradient)];
            double norm = Math.Sqrt(Gradient(parameters[0]).Sum(x => x * x));

            AssertClose(norm, TorchGradients.ClipNorm(parameters, norm / 2).TotalNorm);
            AssertClose(norm / 2, TorchGradients.Norm(parameters));
            Assert.Equal(Gradient(parameters[0]), Gradient(parameters[1]));
        }
    });

    [Fact]
    public void Sparse_gradients_with_the_same_values_at_other_places_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = arange(1, 5, ScalarType.Float32);
        Parameter[] parameters =
        [
            .. new[] { new long[,] { { 0, 1, 2, 3 } }, new long[,] { { 3, 2, 1, 0 } } }
                .Select(places => WithGradient(sparse_coo_tensor(tensor(places), values, [4]))),
        ];
        Assert.Throws<InvalidOperationException>(() => TorchGradients.ClipNorm(parameters, 1));

        parameters[1].grad = parameters[1].grad!.clone();
        AssertClose(Math.Sqrt(60), TorchGradients.ClipNorm(parameters, 1).TotalNorm);
        Assert.Equal(Gradient(parameters[0]), Gradient(parameters[1]).Reverse());
    }

    // Compares random views with random strides with sets of their elements.
    [Fact]
    public void Random_views_are_told_apart()
    {
        using DisposeScope scope = NewDisposeScope();
        int refusals = 0;
        int ties = 0;
        for (int seed = 0; seed < 1500; seed++)
        {
            using DisposeScope inner = NewDisposeScope();
            var random = new Random(seed);
            Tensor storage = arange(1, 61, ScalarType.Float32);
            var expected = new HashSet<int>();
            bool isRefused = false;
            var parameters = new List<Parameter>();
            double squares = 0;
            for (int i = random.Next(2, 4); i > 0; i--)
            {
                (long[] lengths, long[] strides, long offset, int[] elements) = DrawView(random);
                parameters.Add(WithGradient(storage.as_strided(lengths, strides, offset)));
                int known = elements.Count(expected.Contains);
                isRefused |= known > 0 && known < elements.Length;
                ties += known == elements.Length ? 1 : 0;
                squares += known > 0 ? 0 : elements.Sum(element => (element + 1.0) * (element + 1));
                expected.UnionWith(elements);
            }

            // With a gradient that is not one block of memory, the views are compared element by element.
            parameters.Add(WithGradient(zeros(4).slice(0, 0, 4, 2)));
            if (isRefused)
            {
                refusals++;
                Assert.Throws<InvalidOperationException>(() => TorchGradients.Norm(parameters));
            }
            else
            {
                AssertClose(Math.Sqrt(squares), TorchGradients.Norm(parameters));
            }
        }

        Assert.InRange(refusals, 100, 1400);
        Assert.InRange(ties, 50, 1400);
    }

    // Elements are distinct: each dimension starts after the end of the one before.
    private static (long[] Lengths, long[] Strides, long Offset, int[] Elements) DrawView(Random random)
    {
        int dimensions = random.Next(1, 4);
        var lengths = new long[dimensions];
        var strides = new long[dimensions];
        int[] elements = [0];
        int last = 0;
        for (int i = 0; i < dimensions; i++)
        {
            lengths[i] = random.Next(1, 5);
            strides[i] = last + random.Next(1, 3);
            int stride = (int)strides[i];
            elements = [.. Enumerable.Range(0, (int)lengths[i]).SelectMany(k => elements.Select(element => element + (k * stride)))];
            last += (int)((lengths[i] - 1) * strides[i]);
            if (last > 50)
                return DrawView(random);
        }

        int offset = random.Next(0, 59 - last);
        int[] order = [.. Enumerable.Range(0, dimensions)];
        random.Shuffle(order);
        elements = [.. elements.Select(element => element + offset)];
        return ([.. order.Select(i => lengths[i])], [.. order.Select(i => strides[i])], offset, elements);
    }

    private static void ForEachWay(Action check)
    {
        check();
        try
        {
            GradientFinder.AsksNatively = false;
            check();
            GradientFinder.AsksNatively = true;
            GradientFinder.TreatsAsRemote = _ => true;
            check();
        }
        finally
        {
            GradientFinder.AsksNatively = true;
            GradientFinder.TreatsAsRemote = null;
        }
    }

    private static TheoryData<string, ScalarType> Cases(IEnumerable<string> names)
    {
        var cases = new TheoryData<string, ScalarType>();
        foreach (string name in names)
        {
            foreach (ScalarType type in Types)
                cases.Add(name, type);
        }

        return cases;
    }

    // Whole numbers, whose halves are exact in every type.
    private static Tensor Matrix(ScalarType type) => arange(1, 25, ScalarType.Float32).view(6, 4).to(type);

    private static Tensor Sparse() =>
        sparse_coo_tensor(tensor(new long[,] { { 3, 0, 3 } }), arange(1, 13, ScalarType.Float32).view(3, 4), [6, 4]);

    private static double[] Elements(Tensor all) => [.. all.to(ScalarType.Float64).flatten().data<double>()];

    private static IReadOnlyList<string> NamesOf(Parameter[] parameters)
    {
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            return BatchOperations.Names(batch);
        }
        finally
        {
            batch.Return();
        }
    }
}
