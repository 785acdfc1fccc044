using ClipGen.Mpi;
using ClipGen.Mpi.Ranks;

using MpiWorld world = MpiWorld.Start(args);
switch (args[0])
{
    case "work":
        Scenarios.Work(world, Console.Out);
        break;
    case "limits":
        Scenarios.TrainWithLimits(world, Console.Out);
        break;
    case "throw":
        Scenarios.Throw(world);
        break;
    case "leave":
        Scenarios.Leave(world);
        break;
    case "kill":
        Scenarios.Kill(world);
        break;
    case "differ":
        Scenarios.Differ(world);
        break;
    case "thread":
        Scenarios.Thread(world);
        break;
    case "measure":
        Measurement.Run(world);
        break;
    case "exit":
        // The world is not disposed.
        Environment.Exit(0);
        break;
    default:
        throw new ArgumentException($"There is no scenario '{args[0]}'.");
}
