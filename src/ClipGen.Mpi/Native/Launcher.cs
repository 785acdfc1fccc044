using System.Globalization;

namespace ClipGen.Mpi.Native;

/// <summary>What an MPI launcher says in environment variables to the processes that it starts.</summary>
internal static class Launcher
{
    private const string OpenMpiSize = "OMPI_COMM_WORLD_SIZE";

    // Of the process managers of MPICH, Intel MPI, MS-MPI and SLURM's PMI, of PMIx, MVAPICH and Cray.
    private static readonly string[] RankVariables = ["PMI_RANK", "PMIX_RANK", "MV2_COMM_WORLD_RANK", "PALS_RANKID", OpenMpiSize];

    /// <summary>Whether a launcher started this process.</summary>
    internal static bool IsPresent => Array.Exists(RankVariables, IsSet);

    /// <summary>Whether it was that of Open MPI.</summary>
    internal static bool IsOpenMpi => IsSet(OpenMpiSize);

    /// <summary>The number of processes that the launcher says it has started; 0 where it does not say.</summary>
    internal static int Size =>
        int.TryParse(Environment.GetEnvironmentVariable("PMI_SIZE"), CultureInfo.InvariantCulture, out int size) ? size : 0;

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
