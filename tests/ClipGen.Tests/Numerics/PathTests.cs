using System.Globalization;
using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>No two paths are equal, and the path of a gradient does not depend on what other gradients hold.</summary>
public sealed class PathTests
{
    [Fact]
    public void A_key_ends_where_its_bracket_does()
    {
        Layer model = new Layer()
            .Collection("d", [("x", Nested()), ("x].H[y", Leaf()), (@"a\", Nested())])
            .Collection("e", [(@"C:\b", Leaf()), ("\"q\"", Leaf()), ("a.b", Leaf()), ("[", Leaf()), ("", Leaf())]);

        Assert.Equal(
            [
                "d[x].G", "d[x].H[y].G", @"d[x\].H[y].G", @"d[a\\].G", @"d[a\\].H[y].G",
                @"e[C:\b].G", "e[\"q\"].G", "e[a.b].G", "e[[].G", "e[].G",
            ],
            GradientOperations.Names(model));
    }

    [Fact]
    public void Paths_of_random_keys_are_never_equal()
    {
        var random = new Random(3);
        const string Letters = @"]][\\.ab";
        var keys = new HashSet<string>();
        while (keys.Count < 3000)
            keys.Add(string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Letters[random.Next(Letters.Length)])));

        // Every key at two depths: the text after a key must not look like a part of the key.
        Layer model = new Layer()
            .Collection("d", keys.Select(key => (key, new Layer().Gradient("a", new float[1]).Gradient("", new float[1]))))
            .Collection("d", keys.Select(key => (key, new Layer().Collection("a", [("b", new Layer().Gradient("", new float[1]))]))));
        IReadOnlyList<string> names = GradientOperations.Names(model);

        Assert.Equal(3 * keys.Count, names.Count);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.DoesNotContain(names, name => name.Contains('#', StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_of_every_kind_are_written_in_the_invariant_culture()
    {
        Assert.Equal(["d[-3]", "d[1000000]"], GradientOperations.Names(new KeySource<int>(-3, 1_000_000)));
        Assert.Equal(["d[0.1]", "d[NaN]"], GradientOperations.Names(new KeySource<double>(0.1, double.NaN)));
        CultureInfo current = CultureInfo.CurrentCulture;
        var withComma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        withComma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = withComma;
            Assert.Equal([@"d[(1.5, a\])]"], GradientOperations.Names(new KeySource<(double, string)>((1.5, "a]"))));
            Assert.Same(withComma, CultureInfo.CurrentCulture);
        }
        finally
        {
            CultureInfo.CurrentCulture = current;
        }

        Assert.Equal([@"d[\]]", @"d[\\]", "d[[]"], GradientOperations.Names(new KeySource<char>(']', '\\', '[')));
        Assert.Equal(["d[PerParameter]"], GradientOperations.Names(new KeySource<ClipScope>(ClipScope.PerParameter)));
        Assert.Equal([$"d[{new string('k', 1000)}]"], GradientOperations.Names(new KeySource<string>(new string('k', 1000))));
        Assert.Equal(["d[]", "d[2]"], GradientOperations.Names(new KeySource<int?>(null, 2)));
    }

    [Fact]
    public void Keys_with_the_same_text_are_numbered()
    {
        Layer model = new Layer()
            .Collection("d", [(new Silent(), Leaf()), (new Silent(), Leaf()), (new Silent(), Leaf())])
            .Collection<object>("o", [(1, Leaf()), ("1", Leaf()), (1L, Leaf())]);
        string silent = typeof(Silent).FullName!;

        Assert.Equal(
            [$"d[{silent}].G", $"d[{silent}].G#2", $"d[{silent}].G#3", "o[1].G", "o[1].G#2", "o[1].G#3"],
            GradientOperations.Names(model));
    }

    [Fact]
    public void A_number_is_not_a_name_that_another_gradient_has()
    {
        var model = new Layer();
        foreach (string name in new[] { "w", "w", "w#2", "w", "w#2" })
            model.Gradient(name, new float[1]);

        Assert.Equal(["w", "w#3", "w#2", "w#4", "w#2#2"], GradientOperations.Names(model));
    }

    [Fact]
    public void A_number_does_not_depend_on_what_the_others_hold()
    {
        float[] second = [1];
        float[] third = [1];
        foreach (float[]? first in new[] { null, [], [1], second })
        {
            Layer model = new Layer().Gradient("w", first).Gradient("w", second).Gradient("w", third);

            IReadOnlyList<string> names = GradientOperations.Names(model);

            Assert.Equal("w#3", names[^1]);
            Assert.Equal(first == second ? "w" : "w#2", names[^2]);
        }
    }

    [Fact]
    public void Exceptions_and_results_name_the_same_gradient_as_the_list()
    {
        float[][] gradients = [[1], [2], [3], [4]];
        Layer model = new Layer()
            .Gradient("w", null).Gradient("w", gradients[0]).Gradient("", gradients[1])
            .Gradient("w", gradients[2]).Gradient("", gradients[3]);
        IReadOnlyList<string> names = GradientOperations.Names(model);
        Assert.Equal(["w#2", "", "w#3", "#2"], names);
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i][0] = float.NaN;
            var thrown = Assert.Throws<NonFiniteGradientException>(() => GradientOperations.Clip(model, ClipRule.Norm(1)));
            Assert.Equal(names[i], thrown.GradientName);
            Assert.Equal(names[i], GradientOperations.Clip(model, ClipRule.Norm(1, nonFinite: NonFinitePolicy.Leave)).NonFiniteGradient);
            gradients[i][0] = 1;
        }
    }

    [Fact]
    public void Buffers_that_overlap_are_refused_by_different_names()
    {
        float[] array = new float[10];
        var source = new TwoSlices(array);

        string message = Assert.Throws<InvalidOperationException>(() => GradientOperations.Clip(source, ClipRule.Norm(1))).Message;

        Assert.Contains("'w' and 'w#2'", message, StringComparison.Ordinal);
    }

    private static Layer Leaf() => new Layer().Gradient("G", new float[1]);

    private static Layer Nested() => Leaf().Collection("H", [("y", Leaf())]);

    private sealed class Silent;

    private readonly struct TwoSlices(float[] array) : IGradientSource
    {
        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            visitor.Visit("w", array.AsSpan(0, 6));
            visitor.Visit("w", array.AsSpan(4, 6));
        }
    }

    private readonly struct KeySource<TKey>(params TKey[] keys) : IGradientSource
    {
        private readonly float[][] _gradients = [.. keys.Select(_ => new float[1])];

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            visitor.Enter("d");
            for (int i = 0; i < keys.Length; i++)
            {
                visitor.EnterItem(keys[i]);
                visitor.Visit<float>("", _gradients[i]);
                visitor.Leave();
            }

            visitor.Leave();
        }
    }
}
