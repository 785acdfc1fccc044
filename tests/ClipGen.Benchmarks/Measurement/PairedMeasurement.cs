using System.Diagnostics;
using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>
/// Compares the times of contenders: in each round, every contender runs a short batch, in a random order, and ratios are computed within
/// the round. Other work of the machine affects neighboring batches equally and cancels in the median of many rounds.
/// </summary>
/// <remarks>
/// <b>Clipping needed</b>: the limit (<see cref="Contender.LimitNear"/>) is one part in 10⁹ below the norm that the contender computes. In
/// every call the norm exceeds the limit, and every gradient is multiplied by a factor that rounds to 1 as a float. All values, and the
/// norm, are therefore the same before each call, and nothing has to be restored. No contender checks whether the factor is 1, and the
/// hardware cannot skip the multiplication. <b>Not needed</b>: the limit is twice the norm.
/// </remarks>
public static class PairedMeasurement
{
    private const double BatchSeconds = 0.0004;
    private const int FewestRounds = 7;
    private const int MostRounds = 401;
    private const int WarmUpCalls = 200;
    private const int FewestWarmUps = 3;
    private const int MostWarmUps = 8;
    private const double WarmUpSeconds = 0.25;

    // The runtime recompiles frequent methods on a separate thread, 100 ms after the last new method.
    private static readonly TimeSpan RecompilationDelay = TimeSpan.FromMilliseconds(220);

    /// <summary>Measures one case.</summary>
    /// <param name="owner">The owner of the gradients.</param>
    /// <param name="shape">The model.</param>
    /// <param name="clippingNeeded">True if the limit is below the norm.</param>
    /// <param name="budget">The time after which no further round starts.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static CaseResult Run(
        GradientOwner owner, ModelShape shape, bool clippingNeeded, TimeSpan budget, CancellationToken cancellation)
    {
        PairedTimes times = Run(
            () => CreateContenders(owner, shape.CreateSmall(), clippingNeeded),
            () => CreateContenders(owner, shape.Create(), clippingNeeded),
            clippingNeeded,
            budget,
            cancellation);
        return times.ToCase(owner, shape.Name, clippingNeeded);
    }

    /// <summary>Compares the times of contenders.</summary>
    /// <param name="createSmall">Creates contenders with the same code, for the warm-up.</param>
    /// <param name="create">Creates the contenders.</param>
    /// <param name="clippingNeeded">True if the limit is below the norm.</param>
    /// <param name="budget">The time after which no further round starts.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static PairedTimes Run(
        Func<IReadOnlyList<Contender>> createSmall,
        Func<IReadOnlyList<Contender>> create,
        bool clippingNeeded,
        TimeSpan budget,
        CancellationToken cancellation)
    {
        WarmUp(createSmall(), clippingNeeded);
        IReadOnlyList<Contender> contenders = create();
        var watch = Stopwatch.StartNew();
        Plan[] plans = [.. contenders.Select(contender => Plan.Of(contender, clippingNeeded))];
        int[] order = [.. Enumerable.Range(0, plans.Length)];
        var random = new Random(7);
        int round = 0;
        for (; round < MostRounds && (round < FewestRounds || watch.Elapsed < budget); round++)
        {
            cancellation.ThrowIfCancellationRequested();
            random.Shuffle(order);

            // An untimed call first, so that each contender finds its own data in the caches, and not the data of the second thread of
            // another contender.
            foreach (int index in order) plans[index].RunBatch(warm: true);
        }

        foreach (Contender contender in contenders) contender.Dispose();

        return new PairedTimes(round, [.. plans.Select(plan => plan.Result())]);
    }

    private static IReadOnlyList<Contender> CreateContenders(GradientOwner owner, IBenchmarkModel model, bool clippingNeeded)
    {
        ModelShape.Fill(model);
        return owner == GradientOwner.Arrays ? ContenderList.Create(model, clippingNeeded) : ContenderList.CreateForTorch(model);
    }

    // Runs until the code of every contender is fully optimized. The time depends on other work of the machine, because the runtime
    // compiles in the background. It ends when no contender gets faster.
    private static void WarmUp(IReadOnlyList<Contender> contenders, bool clippingNeeded)
    {
        double[] fastest = [.. contenders.Select(_ => double.MaxValue)];
        bool settled = false;
        for (int pass = 0; pass < MostWarmUps && (pass < FewestWarmUps || !settled); pass++)
        {
            settled = true;
            for (int index = 0; index < contenders.Count; index++)
            {
                double nanoseconds = FastestOfMany(contenders[index], clippingNeeded, WarmUpSeconds / contenders.Count);
                settled &= nanoseconds > 0.9 * fastest[index];
                fastest[index] = Math.Min(fastest[index], nanoseconds);
            }

            Thread.Sleep(RecompilationDelay);
        }

        foreach (Contender contender in contenders) contender.Check();

        foreach (Contender contender in contenders) contender.Dispose();
    }

    private static double FastestOfMany(Contender contender, bool clippingNeeded, double seconds)
    {
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        var plan = Plan.Of(contender, clippingNeeded);
        int calls = 0;
        do
        {
            plan.RunBatch(warm: false);
            calls += plan.Calls;
        }
        while (calls < WarmUpCalls && Stopwatch.GetTimestamp() < end);

        return plan.Fastest;
    }

    private sealed class Plan(Contender contender, double limit, int calls, long allocatedBytes)
    {
        private readonly List<double> _nanoseconds = [];

        public int Calls => calls;

        public double Fastest => _nanoseconds.Min();

        public static Plan Of(Contender contender, bool clippingNeeded)
        {
            contender.Prepare();
            double norm = contender.Clip(Contender.NoLimit);
            double limit = clippingNeeded ? contender.LimitNear(norm) : norm * 2;
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            contender.Clip(limit);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;

            // The fastest of a few, because an interruption must not make the batches short.
            double seconds = Enumerable.Range(0, 3).Min(_ =>
            {
                long start = Stopwatch.GetTimestamp();
                contender.Clip(limit);
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            });
            contender.Settle();
            int calls = (int)Math.Clamp(BatchSeconds / seconds, 1, 100_000);
            return new Plan(contender, limit, calls, allocated);
        }

        public void RunBatch(bool warm)
        {
            contender.Prepare();
            if (warm) contender.Clip(limit);

            long start = Stopwatch.GetTimestamp();
            for (int call = 0; call < calls; call++) contender.Clip(limit);

            _nanoseconds.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
            contender.Settle();
        }

        public ContenderTimes Result() => new(contender.Name, _nanoseconds, allocatedBytes);
    }
}
