using ClipGen;
using ClipGen.Mpi;
using ClipGen.Optimizers;
using TemporalOrder;
using TemporalOrder.Networks;

namespace DataParallel;

/// <summary>Data-parallel training: every rank holds the whole network and draws its own sequences.</summary>
internal static class Training
{
    private const int Length = 20;
    private const int Seed = 1;
    private const int StepsBetweenLines = 100;

    /// <summary>Trains, and prints the progress on rank 0.</summary>
    /// <param name="world">The ranks.</param>
    /// <param name="steps">The number of steps. Each takes one batch of every rank.</param>
    /// <returns>The loss after training, on sequences that are the same on all ranks.</returns>
    internal static double Run(MpiWorld world, int steps)
    {
        // The same seed gives the same weights on every rank.
        var network = new RecurrentNetwork(CellKind.Lstm, Length);
        Initialization.Draw(network, Seed);
        var optimizer = new AdamW(learningRate: 3e-3);
        var batch = new SequenceBatch(Length);
        var random = new RandomStream(Seed, world.Rank);
        for (int step = 1; step <= steps; step++)
        {
            TemporalOrderTask.Draw(batch, random);
            network.ZeroGradients();
            double loss = network.Forward(batch);
            network.Backward(batch);
            ClipResult clip = world.ClipAndStep(optimizer, network);
            if (world.Rank == 0 && step % StepsBetweenLines == 0)
                Console.WriteLine($"step {step}: loss {loss:F4} on the batch of rank 0, {clip}");
        }

        TemporalOrderTask.Draw(batch, new RandomStream(Seed, int.MaxValue));
        return network.Forward(batch);
    }
}
