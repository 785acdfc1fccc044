using System.Globalization;
using ClipGen.Mpi;
using DataParallel;

using MpiWorld world = MpiWorld.Start(args);
int steps = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 400;

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
