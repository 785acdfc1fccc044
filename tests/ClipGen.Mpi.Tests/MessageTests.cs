using ClipGen.Mpi.Ranks;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Tests;

/// <summary>The messages of each call, as the table "What a step sends" in <c>docs/distributed.md</c> lists them.</summary>
public sealed partial class MessageTests
{
    private const string Identified = "all-reduce 576";

    [Fact]
    public void One_limit_by_norm_is_one_message() =>
        AssertSent([Identified], exchange => exchange.ClipSharded(Clipped("L2")));

    [Fact]
    public void Limits_by_norm_share_one_more_message_with_the_total() =>
        AssertSent([Identified, "all-reduce 1656"], exchange => exchange.ClipSharded(new Grouped()));

    [Fact]
    public void A_limit_of_each_buffer_sends_the_total_and_two_findings() => AssertSent(
        [Identified, "all-reduce 552", "all-gather 5", "all-gather 48"], exchange => exchange.ClipSharded(Clipped("each buffer")));

    [Fact]
    public void A_limit_by_value_sends_the_total_and_two_findings() => AssertSent(
        [Identified, "all-reduce 552", "all-gather 5", "all-gather 48"], exchange => exchange.ClipSharded(Clipped("value")));

    [Fact]
    public void An_infinity_norm_sends_the_largest_magnitude() =>
        AssertSent([Identified, "all-gather 8"], exchange => exchange.ClipSharded(Clipped("infinity")));

    [Fact]
    public void AdaGC_sends_one_more_sum() => AssertSent(
        [Identified, "all-reduce 552", "all-gather 5", "all-reduce 552", "all-gather 48"],
        exchange => exchange.ClipSharded(Learning("adagc")));

    [Fact]
    public void AdaptiveClip_with_a_limit_by_norm_sends_one_more_sum() => AssertSent(
        [Identified, "all-reduce 552", "all-gather 5", "all-reduce 552", "all-gather 48"],
        exchange => exchange.ClipSharded(Learning("agc-max")));

    [Fact]
    public void Averages_send_each_bucket_twice() =>
        AssertSent(
            [Identified, "all-to-all 400", "all-gather 200"], exchange =>
            {
                var gradients = new float[100];
                exchange.AverageGradients(gradients);
                return gradients[0];
            });

    [Fact]
    public void A_sharded_state_sends_the_parameters_once_more() =>
        AssertSent(
            [Identified, "all-to-all 400", "all-gather 200", "all-gather 240"],
            exchange => exchange.ClipAndStepWithShardedState(new Sgd(0.1), new Trained()));

    private static IClippable Clipped(string limit) => ShardedModels.All[limit]([[3, 4]]);

    private static IClippable Learning(string limit) => LimitModels.All[limit]([[1, 2]], [[3, 4]]);

    private static void AssertSent<T>(string[] expected, Func<IGradientExchange, T> call)
    {
        string[][] sent = Threads.Run(2, exchange =>
        {
            var listening = new Listening(exchange);
            call(listening);
            return listening.Sent.ToArray();
        });
        Assert.All(sent, messages => Assert.Equal(expected, messages));
    }

    /// <summary>Lists the messages of one process.</summary>
    private sealed class Listening(IGradientExchange exchange) : IGradientExchange
    {
        public List<string> Sent { get; } = [];

        public int Rank => exchange.Rank;

        public int Size => exchange.Size;

        public void AddUp(Span<long> values)
        {
            Sent.Add($"all-reduce {values.Length * sizeof(long)}");
            exchange.AddUp(values);
        }

        public void Gather(ReadOnlySpan<byte> sent, Span<byte> received)
        {
            Sent.Add($"all-gather {sent.Length}");
            exchange.Gather(sent, received);
        }

        public void Transpose(ReadOnlySpan<byte> sent, Span<byte> received)
        {
            Sent.Add($"all-to-all {sent.Length}");
            exchange.Transpose(sent, received);
        }
    }

    [ClipGradNorm(1.0)]
    [ClipGradNorm(2.0, Group = "second")]
    internal sealed partial class Grouped
    {
        [Gradient]
        public float[] First { get; } = [3, 4];

        [Gradient(Group = "second")]
        public float[] Second { get; } = [3, 4];
    }

    [ClipGradNorm(1.0)]
    internal sealed partial class Trained
    {
        private readonly float[] _longGradient = [.. Enumerable.Repeat(1f, 60)];

        private readonly float[] _shortGradient = [.. Enumerable.Repeat(1f, 40)];

        [Parameter(Gradient = nameof(_longGradient))]
        public float[] Long { get; } = new float[60];

        [Parameter(Gradient = nameof(_shortGradient))]
        public float[] Short { get; } = new float[40];
    }
}
