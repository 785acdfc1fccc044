using System.Collections.Concurrent;
using ClipGen.Numerics;
using ClipGen.Optimizers;
using ClipGen.Tests.Sources;

#pragma warning disable IDE0052 // Generated code reads what no other code does.

namespace ClipGen.Tests.Numerics;

/// <summary>Large gradients, which several threads process. No other class sets the number of threads.</summary>
public sealed partial class ThreadTests : IDisposable
{
    private readonly int _before = GradientThreads.Maximum;

    public static TheoryData<string> Shapes =>
        ["one long buffer", "buffers of all types", "many of medium length", "short ones between long ones"];

    public void Dispose() => GradientThreads.Maximum = _before;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Bits_do_not_depend_on_the_number_of_threads(string shape)
    {
        Array[] gradients = Make(shape);
        Array[][] clipped = new Array[3][];
        (double Norm, ClipResult Clip)[] results = new (double, ClipResult)[3];
        int[] threads = [1, 2, 7];
        for (int i = 0; i < threads.Length; i++)
        {
            GradientThreads.Maximum = threads[i];
            clipped[i] = [.. gradients.Select(gradient => (Array)gradient.Clone())];
            var source = new ArraySource(clipped[i]);
            for (int repeat = 0; repeat < 5; repeat++)
                results[i].Norm = GradientOperations.Norm(source);
            results[i].Clip = GradientOperations.Clip(source, ClipRule.Norm(0.5));
            GradientOperations.Scale(source, 1.7);
        }

        Exact.AssertClose(Exact.Norm(2, gradients), results[0].Norm, 1e-6);
        for (int i = 1; i < threads.Length; i++)
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(results[0].Norm), BitConverter.DoubleToInt64Bits(results[i].Norm));
            Assert.Equal(results[0].Clip, results[i].Clip);
            for (int j = 0; j < gradients.Length; j++)
                Exact.AssertSameBits(clipped[0][j], clipped[i][j]);
        }
    }

    [Fact]
    public void A_limit_that_follows_the_gradients_does_not_depend_on_the_number_of_threads()
    {
        ClipResult[][] results = new ClipResult[2][];
        float[][] gradients = [new float[3_000_000], new float[3_000_000]];
        for (int i = 0; i < 2; i++)
        {
            GradientThreads.Maximum = i == 0 ? 1 : 4;
            var limit = new AutoClipLimit(percentile: 50);
            results[i] = new ClipResult[4];
            for (int step = 0; step < 4; step++)
            {
                var random = new Random(step);
                for (int j = 0; j < gradients[i].Length; j++)
                    gradients[i][j] = (float)random.NextDouble() * (step + 1);
                results[i][step] = Gradients.ClipNorm(limit, gradients[i]);
            }
        }

        Assert.Equal(results[0], results[1]);
        Assert.True(results[0][3].Clipped);
        Exact.AssertSameBits(gradients[0], gradients[1]);
    }

    [Theory]
    [InlineData(1.0, false)]
    [InlineData(1e9, false)]
    [InlineData(1.0, true)]
    public void A_step_has_the_same_bits_for_every_number_of_threads(double limit, bool byGroups)
    {
        const int Length = 2_500_000;
        float[][] weights = new float[3][];
        byte[][] states = new byte[3][];
        int[] threads = [1, 2, 7];
        for (int i = 0; i < threads.Length; i++)
        {
            GradientThreads.Maximum = threads[i];
            var optimizer = new AdamW(0.01);
            IClippable model = byGroups ? new GroupedModel(Length) : new LongModel(Length);
            for (int step = 0; step < 2; step++)
                Assert.Equal(byGroups || limit == 1, optimizer.ClipAndStep(model, limit).Clipped);
            weights[i] = model is LongModel plain ? plain.Weights : ((GroupedModel)model).Weights;
            using var saved = new MemoryStream();
            optimizer.Save(saved);
            states[i] = saved.ToArray();
        }

        for (int i = 1; i < threads.Length; i++)
        {
            Exact.AssertSameBits(weights[0], weights[i]);
            Assert.True(states[0].AsSpan().SequenceEqual(states[i]));
        }
    }

    [Fact]
    public void Other_threads_do_take_part()
    {
        GradientThreads.Maximum = 2;
        var source = new MeetingSource(new float[1 << 20], new float[1 << 20]);

        // The source does not know which of its traversals run on several threads.
        for (int i = 0; i < 1000 && source.Threads.Count < 2; i++)
            GradientOperations.Norm(source);

        Assert.Equal(2, source.Threads.Count);
    }

    [Fact]
    public void One_thread_starts_no_other()
    {
        GradientThreads.Maximum = 1;
        var source = new MeetingSource(new float[1 << 20], new float[1 << 20]) { Meets = false };

        GradientOperations.Clip(source, ClipRule.Norm(1));
        GradientOperations.Scale(source, 2);

        Assert.Equal([Environment.CurrentManagedThreadId], source.Threads.Keys);
    }

    [Fact]
    public void A_lock_that_the_caller_holds_and_the_source_takes_causes_no_deadlock()
    {
        GradientThreads.Maximum = 4;
        var source = new LockingSource([.. Enumerable.Range(0, 4).Select(_ => Enumerable.Repeat(1f, 1 << 20).ToArray())]);
        lock (source.Sync)
        {
            for (int i = 0; i < 3; i++)
            {
                Exact.AssertClose(2048, GradientOperations.Clip(source, ClipRule.Norm(1024)).TotalNorm);
                Exact.AssertClose(1024, GradientOperations.Norm(source));
                GradientOperations.Scale(source, 2);
            }
        }

        Exact.AssertClose(2048, GradientOperations.Norm(source));
    }

    [Fact]
    public void An_exception_in_a_shared_walk_comes_through_and_leaves_nothing_behind()
    {
        GradientThreads.Maximum = 3;
        float[][] gradients = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Repeat(1f, 1 << 20).ToArray())];
        var source = new FailingSource(gradients) { FailsAtWalk = 2 };

        Assert.Throws<TimeZoneNotFoundException>(() => GradientOperations.Norm(source));

        source.FailsAtWalk = int.MaxValue;
        Exact.AssertClose(2048, GradientOperations.Norm(source));
        Exact.AssertClose(2048, GradientOperations.Clip(source, ClipRule.Norm(1)).TotalNorm);
    }

    [Fact]
    public void Ties_and_values_that_are_not_finite_are_found_as_in_small_gradients()
    {
        GradientThreads.Maximum = 2;
        float[] shared = [.. Enumerable.Repeat(1f, 1 << 20)];
        float[] other = [.. Enumerable.Repeat(1f, 1 << 20)];
        Exact.AssertClose(Math.Sqrt(2) * 1024, GradientOperations.Clip(new ArraySource(shared, other, shared), ClipRule.Norm(1)).TotalNorm);
        Exact.AssertClose(1, GradientOperations.Norm(new ArraySource(shared, other)));

        other[^1] = float.NegativeInfinity;
        float before = shared[0];
        var thrown = Assert.Throws<NonFiniteGradientException>(
            () => GradientOperations.Clip(new ArraySource(shared, other), ClipRule.Norm(0.1)));
        Assert.Equal(("g1", (1 << 20) - 1), (thrown.GradientName, (int)thrown.Index));
        Assert.Equal(before, shared[0]);

        other[^1] = 1e25f;
        Exact.AssertClose(1e25, GradientOperations.Norm(new ArraySource(shared, other)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Allocates_nothing_once_it_has_run(int threads)
    {
        GradientThreads.Maximum = threads;
        var source = new ArraySource(Enumerable.Repeat(1f, 1 << 20).ToArray(), Enumerable.Repeat(1f, 1 << 20).ToArray());
        double limit = 1000;
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ClipResult result = GradientOperations.Clip(source, ClipRule.Norm(limit /= 2));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(result.Clipped);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void The_number_of_threads_is_at_least_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientThreads.Maximum = 0);
        Assert.True(_before >= 1);
    }

    private static Array[] Make(string shape)
    {
        var random = new Random(11);
        Array Of<T>(int length, Func<double, T> convert)
        {
            var array = new T[length];
            for (int i = 0; i < length; i++)
                array[i] = convert((random.NextDouble() - 0.5) * (i % 7));
            return array;
        }

        return shape switch
        {
            "one long buffer" => [Of(3_000_017, x => (float)x)],
            "buffers of all types" =>
                [Of(700_001, x => (float)x), Of(300_000, x => (Half)x), Of(600_000, x => x), Of(30, x => x), Of(5000, x => (float)x)],
            "many of medium length" => [.. Enumerable.Range(0, 400).Select(i => Of(3000 + (i * 13), x => (float)x))],
            _ => [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? Of(1 + (i * 3), x => (float)x) : Of(70_000 + i, x => (float)x))],
        };
    }

    /// <summary>From the second traversal on, waits a moment so that another thread can start.</summary>
    private sealed class MeetingSource(params float[][] gradients) : IGradientSource
    {
        private int _walks;

        internal ConcurrentDictionary<int, bool> Threads { get; } = new();

        internal bool Meets { get; init; } = true;

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            Threads.TryAdd(Environment.CurrentManagedThreadId, true);
            if (Interlocked.Increment(ref _walks) > 1 && Meets)
                SpinWait.SpinUntil(() => Threads.Count > 1, TimeSpan.FromMilliseconds(100));
            foreach (float[] gradient in gradients)
                visitor.Visit<float>("g", gradient);
        }
    }

    private sealed class LockingSource(float[][] gradients) : IGradientSource
    {
        internal object Sync { get; } = new();

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            foreach (float[] gradient in gradients)
            {
                lock (Sync)
                    visitor.Visit<float>("g", gradient);
            }
        }
    }

    private sealed class FailingSource(float[][] gradients) : IGradientSource
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private int _walks;

        internal int FailsAtWalk { get; set; }

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            bool fails = Environment.CurrentManagedThreadId == _thread && ++_walks == FailsAtWalk;
            for (int i = 0; i < gradients.Length; i++)
            {
                if (fails && i == 2)
                    throw new TimeZoneNotFoundException();
                visitor.Visit<float>("g", gradients[i]);
            }
        }
    }

    /// <summary>A long parameter and a short one.</summary>
    [ClipGradNorm(1.0)]
    private sealed partial class LongModel(int length)
    {
        [Parameter(Gradient = nameof(_gradients))] private readonly float[] _weights = new float[length];
        private readonly float[] _gradients = Waves(length);
        [Parameter(Gradient = nameof(_dBias))] private readonly double[] _bias = [1, 2];
        private readonly double[] _dBias = [3, 4];

        public float[] Weights => _weights;
    }

    /// <summary>A long parameter and a short one, with a rule for each.</summary>
    [ClipGradNorm(1.0)]
    [ClipGradValue(0.5, Group = "bias")]
    private sealed partial class GroupedModel(int length)
    {
        [Parameter(Gradient = nameof(_gradients))] private readonly float[] _weights = new float[length];
        private readonly float[] _gradients = Waves(length);
        [Parameter(Gradient = nameof(_dBias), Group = "bias")] private readonly double[] _bias = [1, 2];
        private readonly double[] _dBias = [3, 4];

        public float[] Weights => _weights;
    }

    private static float[] Waves(int length)
    {
        float[] waves = new float[length];
        for (int i = 0; i < length; i++)
            waves[i] = (i % 97) - 48;
        return waves;
    }
}
