using ClipGen.Mpi;
using TemporalOrder;
using TemporalOrder.Networks;

namespace DataParallel;

/// <summary>One norm over gradients that are distributed over the ranks. It has the same bits for any number of ranks.</summary>
internal static class ShardedNorm
{
    private const int Length = 20;
    private const int Seed = 2;

    /// <summary>Measures the gradients of one batch, of which each rank holds only some buffers.</summary>
    internal static double Measure(MpiWorld world)
    {
        var network = new RecurrentNetwork(CellKind.Gru, Length);
        Initialization.Draw(network, Seed);
        var batch = new SequenceBatch(Length);
        TemporalOrderTask.Draw(batch, new RandomStream(Seed));
        network.ZeroGradients();
        network.Forward(batch);
        network.Backward(batch);

        var copies = new CopyGradients();
        network.VisitGradients(ref copies);
        var shard = new Shard([.. copies.Gradients.Where((_, i) => i % world.Size == world.Rank)]);
        return world.ClipSharded(shard).TotalNorm;
    }
}
