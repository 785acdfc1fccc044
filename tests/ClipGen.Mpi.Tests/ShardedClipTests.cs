using ClipGen.Mpi.Ranks;

namespace ClipGen.Mpi.Tests;

/// <summary>Clipping a model that is distributed over ranks gives the bits of clipping all of it in one process.</summary>
public sealed class ShardedClipTests
{
    public static TheoryData<string> Limits => [.. ShardedModels.All.Keys];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Every_number_of_ranks_does_what_one_process_does(string limit)
    {
        for (int seed = 0; seed < 2; seed++)
            Compare(limit, () => Buffers.Create(seed), seed);
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void So_it_is_within_the_limit(string limit) => Compare(limit, () => Buffers.Create(seed: 5, scale: 1e-9), seed: 5);

    [Theory]
    [MemberData(nameof(Limits))]
    public void So_it_is_where_squares_underflow(string limit) => Compare(limit, () => Buffers.Create(seed: 6, scale: 1e-25), seed: 6);

    [Theory]
    [MemberData(nameof(Limits))]
    public void So_it_is_without_any_gradient(string limit) => Compare(limit, () => [], seed: 0);

    [Theory]
    [MemberData(nameof(Limits))]
    public void So_it_is_of_zeros(string limit) => Compare(limit, () => Buffers.Create(seed: 1, scale: 0), seed: 1);

    [Theory]
    [InlineData("zero", float.NaN)]
    [InlineData("leave", float.NaN)]
    [InlineData("propagate", float.NaN)]
    [InlineData("propagate", float.PositiveInfinity)]
    [InlineData("value", float.NegativeInfinity)]
    public void So_it_is_where_a_gradient_is_not_finite(string limit, float value) => Compare(
        limit,
        () =>
        {
            float[][] buffers = Buffers.Create(seed: 7);
            buffers[4][17] = value;
            return buffers;
        },
        seed: 7);

    [Theory]
    [InlineData("L2")]
    [InlineData("L1")]
    [InlineData("L3")]
    [InlineData("infinity")]
    [InlineData("each buffer")]
    [InlineData("value")]
    [InlineData("groups")]
    public void A_NaN_of_one_rank_is_the_same_exception_on_all(string limit)
    {
        (string Message, ulong Hash)[] thrown = Threads.Run(3, exchange =>
        {
            float[][] own = Buffers.Of(Buffers.Create(seed: 8), exchange);
            if (exchange.Rank == 1)
                own[0][1] = float.NaN;
            ulong before = Buffers.Hash(own);
            var exception = Assert.Throws<NonFiniteGradientException>(() => exchange.ClipSharded(ShardedModels.All[limit](own)));
            Assert.Equal(before, Buffers.Hash(own));
            Assert.Equal((1, 1L, double.NaN), (exception.Rank!.Value, exception.Index, exception.Value));
            Assert.Contains($"'{exception.GradientName}' of rank 1", exception.Message, StringComparison.Ordinal);
            return (exception.Message, before);
        });

        Assert.Single(thrown.Select(rank => rank.Message).Distinct());
    }

    [Fact]
    public void A_limit_by_the_call_replaces_the_declared_one()
    {
        ClipResult[] results = Threads.Run(
            2, exchange => exchange.ClipSharded(new Euclidean(Buffers.Of(Buffers.Create(seed: 9), exchange)), 0.25));

        Assert.All(results, result => Assert.Equal((0.25, true), (result.ExceededLimit, result.Clipped)));
    }

    [Fact]
    public void Different_limits_are_refused_on_every_rank()
    {
        string[] messages = Threads.Run(3, exchange =>
        {
            var part = new Euclidean(Buffers.Of(Buffers.Create(seed: 9), exchange));
            return Assert.Throws<InvalidOperationException>(() => exchange.ClipSharded(part, exchange.Rank == 2 ? 0.5 : 0.25)).Message;
        });

        Assert.All(
            messages,
            message => Assert.Contains(
                "All of them call ClipSharded. Rank 0 has [ClipGradNorm] MaxNorm = 0.25 where rank 2 has [ClipGradNorm] MaxNorm = 0.5.",
                message,
                StringComparison.Ordinal));
    }

    [Fact]
    public void Different_calls_are_refused_on_every_rank()
    {
        string[] messages = Threads.Run(3, exchange =>
        {
            var net = new Net();
            return Assert.Throws<InvalidOperationException>(() =>
            {
                if (exchange.Rank == 1)
                    exchange.AverageGradients(net);
                else
                    exchange.ClipSharded(net);
            }).Message;
        });

        Assert.All(
            messages,
            message => Assert.Contains("Rank 0 calls ClipSharded, and rank 1 calls AverageGradients.", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Tied_gradients_of_one_rank_count_once()
    {
        float[] tied = [3, 4];
        double[] norms = Threads.Run(2, exchange =>
        {
            float[][] own = exchange.Rank == 0 ? [tied, tied] : [[12]];
            return exchange.ClipSharded(new Euclidean(own), double.PositiveInfinity).TotalNorm;
        });

        Assert.All(norms, norm => Assert.Equal(13, norm));
    }

    private static void Compare(string limit, Func<float[][]> create, int seed)
    {
        float[][] whole = create();
        ClipResult expected = ShardedModels.All[limit](whole).Clip();
        for (int size = 1; size <= 4; size++)
        {
            // Distributes buffers in turn, in sequence, and at random.
            Func<int, int>[] owners =
            [
                i => i % size,
                i => i * size / Math.Max(1, whole.Length),
                i => ((i * 7919) + (seed * 31)) / 3 % size,
            ];
            foreach (Func<int, int> owner in owners)
                Compare(limit, create(), whole, expected, size, owner);
        }
    }

    private static void Compare(string limit, float[][] buffers, float[][] whole, ClipResult expected, int size, Func<int, int> owner)
    {
        ClipResult[] results = Threads.Run(
            size, exchange => exchange.ClipSharded(ShardedModels.All[limit]([.. buffers.Where((_, i) => owner(i) == exchange.Rank)])));

        // The path of a gradient is its path in its own process.
        Assert.All(
            results,
            result => Assert.Equal(
                expected, result with { NonFiniteGradient = expected.NonFiniteGradient, NonFiniteRank = expected.NonFiniteRank }));
        Assert.All(results, result => Assert.Equal(expected.IsFinite, result.IsFinite));
        Assert.Equal(Buffers.Hash(whole), Buffers.Hash(buffers));
    }
}
