using ClipGen.Mpi.Ranks;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Tests;

/// <summary>A step on gradients that are distributed over ranks has the result of one process with all of them.</summary>
public sealed partial class ShardedStepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_rank_steps_its_part(int size)
    {
        float[][] expected = Create(seed: 50);
        Train(expected, Create(seed: 51), model => new AdamW(0.01).ClipAndStep(model));
        float[][] weights = Create(seed: 50);
        float[][] gradients = Create(seed: 51);

        Threads.Run(size, exchange =>
        {
            Train(
                Buffers.Of(weights, exchange),
                Buffers.Of(gradients, exchange),
                model => exchange.ClipAndStepSharded(new AdamW(0.01), model));
            return true;
        });

        Assert.Equal(Buffers.Hash(expected), Buffers.Hash(weights));
    }

    [Fact]
    public void A_loss_scale_is_divided_out_and_shrinks_on_every_rank()
    {
        double[] scales = Threads.Run(2, exchange =>
        {
            var scaler = new LossScaler(1024);
            float[][] gradients = Buffers.Of(Create(seed: 52), exchange);
            var model = new Stepped(Buffers.Of(Create(seed: 53), exchange), gradients);
            ClipResult good = exchange.ClipAndStepSharded(new Sgd(0.1), model, scaler);
            Assert.False(good.Skipped);
            if (exchange.Rank == 1)
                gradients[0][0] = float.NaN;
            Assert.True(exchange.ClipSharded(new Euclidean(gradients), scaler).Skipped);
            return scaler.Scale;
        });

        Assert.All(scales, scale => Assert.Equal(512, scale));
    }

    // Without the empty gradient, which has no parameter.
    private static float[][] Create(int seed) => [.. Buffers.Create(seed).Where(buffer => buffer.Length > 0)];

    private static void Train(float[][] weights, float[][] gradients, Func<Stepped, ClipResult> step) =>
        step(new Stepped(weights, gradients));

    [ClipGradNorm(0.3)]
    internal sealed partial class Stepped(float[][] weights, float[][] gradients)
    {
        [Parameter(Gradient = nameof(Gradients))]
        internal float[][] Weights { get; } = weights;

        internal float[][] Gradients { get; } = gradients;
    }
}
