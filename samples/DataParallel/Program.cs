using System.Globalization;
using ClipGen.Mpi;
using DataParallel;

using MpiWorld world = MpiWorld.Start(args);
int steps = 400;
if (args.Length > 0 && (!int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out steps) || steps < 1))
{
    if (world.Rank == 0)
        Console.Error.WriteLine($"'{args[0]}' is no number of steps. Give a whole number from 1, or none for 400 steps.");
    return 2;
}

double loss = Training.Run(world, steps);
bool agree = Agreement.IsReached(world, loss);
long bits = BitConverter.DoubleToInt64Bits(ShardedNorm.Measure(world));
if (world.Rank == 0)
{
    Console.WriteLine($"ranks: {world.Size}");
    Console.WriteLine($"ranks agree: {(agree ? "yes" : "no")}");
    Console.WriteLine($"sharded norm bits: {bits:x16}");
    Console.WriteLine($"loss: {loss:F4}");
}

return agree ? 0 : 1;
