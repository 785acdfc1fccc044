using System.Diagnostics;
using System.Globalization;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Ranks;

/// <summary>Measures the operations over processes. <c>docs/distributed.md</c> shows the results.</summary>
internal static class Measurement
{
    private const int Rounds = 31;
    private const int WarmUps = 3;
    private const int CallsToWarmUp = 40;
    private const int MillisecondsToCompile = 200;
    private const int BufferCount = 16;

    /// <summary>Measures, and prints a table on the first process.</summary>
    internal static void Run(MpiWorld world)
    {
        if (world.Rank == 0)
            Console.WriteLine("ranks  parameters  operation          median [quartiles]");
        foreach (int parameters in new[] { 10_000, 100_000, 1_000_000, 10_000_000 })
        {
            float[][] whole = Create(parameters);
            Measure(world, parameters, "AverageGradients", () => world.AverageGradients(whole));

            // The whole model, in shards.
            float[][] own = Buffers.Of(whole, world);
            var shard = new Part(own);
            Measure(world, parameters, "ClipSharded", () => world.ClipSharded(shard, double.MaxValue));
            var alone = new Part(whole);
            Measure(world, parameters, "ClipGradients", () => alone.ClipGradients(double.MaxValue));

            // Each state of the optimizer in full, and in shards.
            var model = new Trained(Create(parameters), whole);
            var stepping = new AdamW(1e-3);
            Measure(world, parameters, "ClipAndStep", () => world.ClipAndStep(stepping, model));
            var sharding = new AdamW(1e-3);
            Measure(world, parameters, "WithShardedState", () => world.ClipAndStepWithShardedState(sharding, model));
        }
    }

    private static void Measure(MpiWorld world, int parameters, string name, Action operation)
    {
        double[] times = new double[Rounds];
        int calls = Math.Max(1, 1_000_000 / parameters);

        // The runtime recompiles frequent code in the background.
        for (int warm = 0; warm < WarmUps; warm++)
        {
            for (int call = 0; call < CallsToWarmUp; call++)
                operation();
            Thread.Sleep(MillisecondsToCompile);
        }

        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int call = 0; call < calls; call++)
                operation();
            times[round] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
        }

        Array.Sort(times);
        if (world.Rank > 0)
            return;
        string quartiles = string.Create(CultureInfo.InvariantCulture, $"[{times[Rounds / 4]:F1}–{times[Rounds * 3 / 4]:F1}]");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{world.Size,5}  {parameters,10}  {name,-17}  {times[Rounds / 2],9:F1} µs {quartiles}"));
    }

    private static float[][] Create(int parameters)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, BufferCount).Select(_ =>
            Enumerable.Range(0, parameters / BufferCount).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
    }
}
