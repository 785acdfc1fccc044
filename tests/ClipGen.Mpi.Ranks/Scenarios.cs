using System.Globalization;
using System.Runtime.InteropServices;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Ranks;

/// <summary>The scenarios of several processes. The first process prints the results that all processes must agree on.</summary>
internal static class Scenarios
{
    /// <summary>Runs the scenarios that succeed.</summary>
    internal static void Work(MpiWorld world, TextWriter output)
    {
        float[][] own = Buffers.Of(Buffers.Create(seed: 1), world);
        ClipResult clip = world.ClipSharded(new Part(own));
        Print(world, output, $"sharded {Bits(clip.TotalNorm)} {Bits(clip.Scale)}");

        var gradients = Buffers.Create(seed: 2 + world.Rank);
        world.AverageGradients(gradients);
        Print(world, output, $"averaged {Buffers.Hash(gradients):x16}");

        var net = new Net();
        var optimizer = new AdamW(learningRate: 0.01);
        for (int step = 0; step < 5; step++)
        {
            net.Backward(step, world.Rank);
            world.ClipAndStep(optimizer, net);
        }

        Print(world, output, $"trained {Buffers.Hash(net.Weights):x16}");
        own = Buffers.Of(Buffers.Create(seed: 1), world);
        if (world.Rank == Math.Min(1, world.Size - 1))
            own[0][1] = float.NaN;
        try
        {
            world.ClipSharded(new Part(own));
        }
        catch (NonFiniteGradientException exception)
        {
            Print(world, output, $"caught {exception.GradientName} {exception.Index} of rank {exception.Rank}");
        }
    }

    /// <summary>Trains with each limit, interrupted and resumed.</summary>
    internal static void TrainWithLimits(MpiWorld world, TextWriter output)
    {
        foreach ((string limit, string call) in Trajectory.Of(world.Size))
        {
            string sharded = new Trajectory(limit, call, resumes: true).RunSharded(world);
            string averaged = new Trajectory(limit, call, resumes: true).RunDataParallel(world);
            Print(world, output, LineOf(limit, call, sharded, averaged));
            if (call.StartsWith("step", StringComparison.Ordinal))
                Print(world, output, LineOf(limit, call, sharded, new Trajectory(limit, call, resumes: true).RunWithShardedState(world)));
        }
    }

    /// <summary>The printed result of some training.</summary>
    internal static string LineOf(string limit, string call, string sharded, string averaged) =>
        $"{limit} {call} {HashOf(sharded)} {HashOf(averaged)}";

    /// <summary>A process throws while the others wait for it.</summary>
    internal static void Throw(MpiWorld world)
    {
        Meet(world);
        if (world.Rank == world.Size - 1)
            throw new InvalidOperationException("The examples of this rank cannot be read.");
        Meet(world);
    }

    /// <summary>A process exits normally, but before the others.</summary>
    internal static void Leave(MpiWorld world)
    {
        Meet(world);
        if (world.Rank < world.Size - 1)
            Meet(world);
    }

    /// <summary>A process is killed.</summary>
    internal static void Kill(MpiWorld world)
    {
        Meet(world);
        if (world.Rank == world.Size - 1)
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        Meet(world);
    }

    /// <summary>The processes make different calls.</summary>
    internal static void Differ(MpiWorld world)
    {
        if (world.Rank == 0)
            world.AverageGradients(new Net());
        else
            world.ClipSharded(new Part([[1]]));
    }

    /// <summary>Another thread calls.</summary>
    internal static void Thread(MpiWorld world)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Meet(world);
            }
            catch (InvalidOperationException exception)
            {
                thrown = exception;
            }
        });
        thread.Start();
        thread.Join();
        Meet(world);
        if (world.Rank == 0)
            Console.WriteLine(thrown?.Message);
    }

    private static string HashOf(string text) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];

    private static void Meet(MpiWorld world) => world.ClipSharded(new Part([[1]]));

    // Every process has the same result, or the first one prints the difference.
    private static void Print(MpiWorld world, TextWriter output, string line)
    {
        char[] own = line.PadRight(200).ToCharArray();
        char[] all = new char[own.Length * world.Size];
        ((IGradientExchange)world).Gather(
            MemoryMarshal.AsBytes<char>(own.AsSpan()), MemoryMarshal.AsBytes<char>(all.AsSpan()));
        bool agree = all.Chunk(own.Length).All(other => other.SequenceEqual(own));
        if (world.Rank == 0)
            output.WriteLine(agree ? line : "DIFFERENT " + new string(all));
    }

    private static string Bits(double number) => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture);
}
