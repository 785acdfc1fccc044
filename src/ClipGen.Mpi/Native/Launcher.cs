using System.Globalization;

namespace ClipGen.Mpi.Native;

/// <summary>Reads the environment variables that an MPI launcher sets for the processes that it starts.</summary>
internal static class Launcher
{
    private const string OpenMpiSize = "OMPI_COMM_WORLD_SIZE";

    // Set by the process managers of MPICH, Intel MPI, MS-MPI and SLURM's PMI, by PMIx, MVAPICH and Cray.
    private static readonly string[] RankVariables = ["PMI_RANK", "PMIX_RANK", "MV2_COMM_WORLD_RANK", "PALS_RANKID", OpenMpiSize];

    /// <summary>Whether a launcher started this process.</summary>
    internal static bool IsPresent => Array.Exists(RankVariables, IsSet);

    /// <summary>Whether it was the launcher of Open MPI.</summary>
    internal static bool IsOpenMpi => IsSet(OpenMpiSize);

    /// <summary>The number of processes that the launcher has started; 0 if it is unknown.</summary>
    internal static int Size =>
        int.TryParse(Environment.GetEnvironmentVariable("PMI_SIZE"), CultureInfo.InvariantCulture, out int size) ? size : 0;

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
