using ClipGen.Numerics;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Memory that several gradients share.</summary>
public sealed class TiedGradientTests
{
    [Theory]
    [InlineData(2, 5.0)]
    [InlineData(1, 7.0)]
    [InlineData(double.PositiveInfinity, 4.0)]
    [InlineData(3, 4.497941445275415)]
    public void One_array_by_two_paths_counts_once_and_is_scaled_once(double order, double expected)
    {
        float[] shared = [3, 4];
        var source = new ArraySource(shared, null, shared, shared);

        Exact.AssertClose(expected, GradientOperations.Norm(source, order));
        ClipResult result = GradientOperations.Clip(source, ClipRule.Norm(expected / 2, order));

        Exact.AssertClose(expected, result.TotalNorm);
        Exact.AssertClose([1.5, 2], shared);
        GradientOperations.Scale(source, 4);
        Exact.AssertClose([6, 8], shared);
        Assert.Equal(["g0"], GradientOperations.Names(source));
        var norms = new double[1];
        Assert.Equal(1, GradientOperations.Norms(source, norms));
        Exact.AssertClose(10, norms[0]);
        Exact.AssertClose(10, GradientOperations.Clip(source, ClipRule.Value(7)).TotalNorm);
        Assert.Equal([6, 7], shared);
        Exact.AssertClose(
            Math.Sqrt(85), GradientOperations.Clip(source, ClipRule.Norm(Math.Sqrt(85) / 2, scope: ClipScope.PerParameter)).TotalNorm);
        Exact.AssertClose([3, 3.5], shared);
    }

    [Fact]
    public void A_slice_of_an_array_visited_before_counts_once()
    {
        float[] flat = [1, 1, 1, 1, 1, 1, 1, 1, 1];
        var source = new SliceSource<float>(flat, (0, 9), (0, 4), (4, 5), (3, 2));

        Assert.Equal(3, GradientOperations.Norm(source));
        GradientOperations.Scale(source, 2);
        Assert.All(flat, x => Assert.Equal(2, x));
        Assert.Equal(["s0"], GradientOperations.Names(source));
    }

    [Fact]
    public void A_tie_is_seen_from_the_run_below_it()
    {
        float[] flat = [.. Enumerable.Repeat(1f, 10_000)];
        var source = new SliceSource<float>(flat, (5000, 9), (1000, 7), (5000, 9));

        Assert.Equal(4, GradientOperations.Norm(source));
        Assert.Equal(["s0", "s1"], GradientOperations.Names(source));
    }

    [Fact]
    public void Neighbouring_slices_in_any_order_are_no_ties()
    {
        float[] flat = [.. Enumerable.Repeat(1f, 100)];
        var source = new SliceSource<float>(flat, (90, 10), (0, 10), (50, 40), (20, 30), (10, 10));

        Assert.Equal(10, GradientOperations.Norm(source));
        Assert.Equal(5, GradientOperations.Names(source).Count);
        GradientOperations.Scale(source, 3);
        Assert.All(flat, x => Assert.Equal(3, x));
    }

    [Fact]
    public void Buffers_that_overlap_in_part_are_refused_by_name()
    {
        float[] flat = [.. Enumerable.Repeat(1f, 100)];
        foreach ((int Start, int Length)[] slices in new[]
        {
            new[] { (0, 60), (40, 60) }, [(0, 10), (0, 100)], [(40, 60), (0, 60)], [(50, 10), (0, 100)],
            [(0, 10), (9, 10)], [(9, 10), (0, 10)],
        })
        {
            var source = new SliceSource<float>(flat, slices);

            Check(() => GradientOperations.Clip(source, ClipRule.Norm(0.1)));
            Check(() => GradientOperations.Clip(source, ClipRule.Value(0.1)));
            Check(() => GradientOperations.Norm(source));
            Check(() => GradientOperations.Norms(source, new double[2]));
            Check(() => GradientOperations.Scale(source, 0.1));
            Check(() => GradientOperations.Names(source));
        }

        Assert.All(flat, x => Assert.Equal(1, x));

        static void Check(Action operation)
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(operation);
            Assert.Contains("'s0' and 's1'", thrown.Message, StringComparison.Ordinal);
        }
    }

    // Disjoint address ranges must never hide an overlap, whatever the order of the visits. The oracle marks elements in an array.
    [Fact]
    public void Random_slices_in_random_order()
    {
        var flat = new float[3_000_000];
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 60);

            // Slices that are far apart or close together, so that ranges are started, fill their table, and become adjacent. Some slices
            // occur twice.
            var slices = new List<(int Start, int Length)>();
            int[] places = [.. Enumerable.Range(0, random.Next(2) == 0 ? 3000 : 80)];
            random.Shuffle(places);
            for (int i = 0; i < count; i++)
                slices.Add((places[i] * 1000, random.Next(1, 1001)));
            int ties = random.Next(3);
            for (int i = 0; i < ties; i++)
                slices.Insert(random.Next(slices.Count + 1), slices[random.Next(slices.Count)]);
            if (random.Next(2) == 0)
                slices.Sort();

            foreach ((int start, int length) in slices)
                Array.Fill(flat, 1, start, length);
            int elements = slices.Distinct().Sum(slice => slice.Length);
            var source = new SliceSource<float>(flat, [.. slices]);

            Exact.AssertClose(elements, GradientOperations.Norm(source, 1), because: $"Seed {seed}.");
            GradientOperations.Scale(source, 2);
            Exact.AssertClose(elements * 2, GradientOperations.Norm(source, 1), because: $"Seed {seed}.");
            foreach ((int start, int length) in slices)
            {
                if (flat.AsSpan(start, length).IndexOfAnyExcept(2f) >= 0)
                    Assert.Fail($"An element was not scaled once. Seed {seed}.");
            }
        }
    }

    // Addresses are compared without pinning. A garbage collection during a traversal must neither hide nor invent ties.
    [Fact]
    public void Collections_during_traversals_hide_no_ties()
    {
        var source = new CollectingSource([.. Enumerable.Range(0, 20).Select(_ => new float[] { 3, 4 })]);
        double expected = Math.Sqrt(20 * 25);

        for (int i = 0; i < 5; i++)
        {
            source.Prepare();
            Exact.AssertClose(expected, GradientOperations.Norm(source));
            source.Prepare();
            GradientOperations.Scale(source, 2);
            source.Prepare();
            Exact.AssertClose(2 * expected, GradientOperations.Clip(source, ClipRule.Norm(expected)).TotalNorm);
            source.Prepare();
            Exact.AssertClose(expected, GradientOperations.Clip(source, [ClipRule.Norm(1e9), ClipRule.Norm(1, group: "none")]).TotalNorm);
        }
    }

    // Each traversal allocates 48 MB and so causes a garbage collection. An earlier version then started to read the addresses again,
    // without an end.
    [Fact]
    public void A_source_that_allocates_much_in_every_traversal()
    {
        var source = new AllocatingSource([3, 4], [12, 84]);

        Exact.AssertClose(Math.Sqrt(25 + 144 + (84 * 84)), GradientOperations.Norm(source));
        Exact.AssertClose(Exact.Norm(2.5, source.All), GradientOperations.Norm(source, 2.5));
        Assert.Equal(["first", "second"], GradientOperations.Names(source));
        Assert.Equal(2, GradientOperations.Norms(source, new double[2]));
        GradientOperations.Scale(source, 0.5);
        Assert.Equal([1.5f, 2, 6, 42], source.All);
        Exact.AssertClose(Exact.Norm(2, source.All), GradientOperations.Clip(source, ClipRule.Norm(1)).TotalNorm);
        Exact.AssertClose(1, Exact.Norm(2, source.All));
        GradientOperations.Clip(source, ClipRule.Value(0.25));
        Assert.Equal(0.25f, source.All[3]);
        source = source with { OverlapsInPart = true };
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => GradientOperations.Norm(source));
        Assert.Contains("'second' and 'part'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Comparing_buffer_by_buffer_marks_what_comparing_addresses_marks()
    {
        var flat = new float[200];
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            int longest = random.Next(1, 40);
            (int Start, int Length)[] slices = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Draw())];
            (int Start, int Length) Draw()
            {
                int length = random.Next(1, longest + 1);
                return ((random.Next(flat.Length - length) / longest * longest) + random.Next(longest / 2 + 1), length);
            }

            slices = [.. slices.Where(slice => slice.Start + slice.Length <= flat.Length)];
            var source = new SliceSource<float>(flat, slices);
            BufferTable table = BufferTable.Rent([]);
            table.Count = Walk<ReadAddresses>.Through(source, new ReadAddresses(table)).Count;

            bool isRefused = TiedGradients.Mark(table).Later >= 0;
            bool[] tied = [.. table.Entries.ToArray().Select(entry => entry.IsTied)];
            bool isRefusedOneByOne = TieSearch.MarkOneByOne(source, table).Later >= 0;

            Assert.Equal(isRefused, isRefusedOneByOne);
            if (!isRefused)
                Assert.Equal(tied, table.Entries.ToArray().Select(entry => entry.IsTied));
            BufferTable.Return(table);
        }
    }

    // Every traversal moves the buffers, so that the addresses never agree with earlier ones.
    [Fact]
    public void Buffers_that_move_in_every_traversal()
    {
        var source = new MovingSource();

        Exact.AssertClose(Math.Sqrt(3 * 25), GradientOperations.Norm(source));
        Assert.Equal(["g", "g#2", "g#3"], GradientOperations.Names(source));
        GradientOperations.Scale(source, 2);
        Exact.AssertClose(Math.Sqrt(3 * 100), GradientOperations.Norm(source));
    }

    private sealed record AllocatingSource(params float[][] Gradients) : IGradientSource
    {
        internal bool OverlapsInPart { get; init; }

        internal float[] All => [.. Gradients[0], .. Gradients[1]];

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            visitor.Visit<float>("first", Gradients[0]);
            for (int i = 0; i < 48; i++)
                GC.KeepAlive(new byte[1 << 20]);
            GC.Collect(0);
            visitor.Visit<float>("second", OverlapsInPart ? Gradients[1].AsSpan(0, 1) : Gradients[1]);
            visitor.Visit<float>("tied", Gradients[0]);
            if (OverlapsInPart)
                visitor.Visit<float>("part", Gradients[1]);
        }
    }

    private sealed class MovingSource : IGradientSource
    {
        private readonly List<object> _before = [];
        private readonly List<float[]> _gradients = [];

        internal MovingSource()
        {
            for (int i = 0; i < 500; i++)
                _before.Add(new byte[200]);
            for (int i = 0; i < 3; i++)
                _gradients.Add([3, 4]);
        }

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            foreach (float[] gradient in _gradients)
                visitor.Visit<float>("g", gradient);
            if (_before.Count > 0)
                _before.RemoveAt(0);
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            visitor.Visit<float>("again", _gradients[1]);
        }
    }

    private sealed class CollectingSource(float[][] gradients) : IGradientSource
    {
        private bool _collect;

        internal void Prepare()
        {
            // Unused objects between the arrays, so that a compaction moves the arrays.
            for (int i = 0; i < gradients.Length; i++)
            {
                GC.KeepAlive(new byte[1000]);
                gradients[i] = [.. gradients[i]];
            }

            _collect = true;
        }

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            for (int i = 0; i < gradients.Length; i++)
            {
                visitor.Visit<float>("g", gradients[i]);
                if (i == gradients.Length / 2 && _collect)
                {
                    _collect = false;
                    GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                }
            }

            // The only tie is between a buffer before the garbage collection and one after it.
            visitor.Visit<float>("again", gradients[0]);
        }
    }
}
