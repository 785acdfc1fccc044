using ClipGen.Mpi.Ranks;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Tests;

/// <summary>Gradients are averaged in place over ranks, with the same bits on each rank.</summary>
public sealed class AverageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_mean_is_rounded_once_and_the_same_on_every_rank(int size)
    {
        float[][][] all = [.. Enumerable.Range(0, size).Select(rank => Buffers.Create(seed: 20 + rank))];
        float[][] expected = [.. Buffers.Create(seed: 20).Select((buffer, i) =>
            buffer.Select((_, j) => (float)(Enumerable.Range(0, size).Sum(rank => (double)all[rank][i][j]) / size)).ToArray())];

        ulong[] hashes = Threads.Run(size, exchange =>
        {
            float[][] own = Buffers.Create(seed: 20 + exchange.Rank);
            exchange.AverageGradients(new Euclidean(own));
            return Buffers.Hash(own);
        });

        Assert.All(hashes, hash => Assert.Equal(Buffers.Hash(expected), hash));
    }

    [Fact]
    public void Every_element_type_and_form()
    {
        Threads.Run(3, exchange =>
        {
            float rank = exchange.Rank;
            var singles = new float[,] { { rank, 10 * rank }, { 5, 6 } };
            var doubles = new List<double[]> { new[] { rank / 10.0, 2 }, new double[] { -rank } };
            var halves = new Half[] { (Half)(rank * 2), (Half)7 };
            exchange.AverageGradients(new object[] { singles, doubles, halves });

            Assert.Equal([1, 10, 5, 6], singles.Cast<float>());
            Assert.Equal([(0 + 0.1 + 0.2) / 3, 2], doubles[0]);
            Assert.Equal([-1], doubles[1]);
            Assert.Equal([(Half)2, (Half)7], halves);
            return true;
        });
    }

    [Fact]
    public void Tied_gradients_are_averaged_once()
    {
        Threads.Run(2, exchange =>
        {
            double[] tied = [0.1 + exchange.Rank, 0.3];
            exchange.AverageGradients(new[] { tied, tied });

            Assert.Equal([(0.1 + 1.1) / 2, 0.3], tied);
            return true;
        });
    }

    [Fact]
    public void Averaged_again_nothing_changes()
    {
        Threads.Run(3, exchange =>
        {
            float[][] own = Buffers.Create(seed: 30 + exchange.Rank);
            exchange.AverageGradients(own);
            ulong once = Buffers.Hash(own);
            exchange.AverageGradients(own);

            Assert.Equal(once, Buffers.Hash(own));
            return true;
        });
    }

    [Fact]
    public void A_gradient_that_one_rank_lacks_is_named_on_every_rank()
    {
        string[] messages = Threads.Run(3, exchange =>
        {
            float[][] own = [[1, 2], exchange.Rank == 2 ? [] : [3], [4, 5, 6]];
            string message = Assert.Throws<InvalidOperationException>(() => exchange.AverageGradients(new Euclidean(own))).Message;
            Assert.Equal([1, 2], own[0]);
            return message;
        });

        Assert.Single(messages.Distinct());
        Assert.Contains(
            "Rank 0 has the gradient 'Gradients[1]' of 1 elements of type Single where "
                + "rank 2 has the gradient 'Gradients[2]' of 3 elements of type Single.",
            messages[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_clip_names_the_rank_that_a_NaN_came_from()
    {
        string[] messages = Threads.Run(3, exchange =>
        {
            float[][] own = Buffers.Create(seed: 40 + exchange.Rank);
            if (exchange.Rank == 2)
                own[9][12] = float.NaN;
            var model = new Euclidean(own);
            exchange.AverageGradients(model);
            var exception = Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients());
            Assert.Equal(("Gradients[9]", 12L, 2), (exception.GradientName, exception.Index, exception.Rank!.Value));
            return exception.Message;
        });

        Assert.Single(messages.Distinct());
    }

    [Fact]
    public void Ranks_that_step_together_keep_the_same_weights()
    {
        (ulong Weights, double Bias)[] trained = Threads.Run(3, exchange =>
        {
            var net = new Net();
            var optimizer = new AdamW(learningRate: 0.01);
            for (int step = 0; step < 5; step++)
            {
                net.Backward(step, exchange.Rank);
                exchange.ClipAndStep(optimizer, net);
            }

            return (Buffers.Hash(net.Weights), net.Bias.Sum());
        });

        Assert.Single(trained.Distinct());
    }

    [Fact]
    public void A_loss_scale_shrinks_on_every_rank()
    {
        double[] scales = Threads.Run(2, exchange =>
        {
            var net = new Net();
            var scaler = new LossScaler();
            net.Backward(step: 0, exchange.Rank);
            if (exchange.Rank == 1)
                net.Gradient[7] = float.PositiveInfinity;
            ClipResult result = exchange.ClipAndStep(new Sgd(0.1), net, scaler);

            Assert.True(result.Skipped);
            return scaler.Scale;
        });

        Assert.All(scales, scale => Assert.Equal(32768, scale));
    }
}
