using System.Runtime.InteropServices;

namespace ClipGen.Mpi.Native;

/// <summary>
/// The collective operations that do not block. MPI.NET declares only blocking ones, which never return if another process has ended.
/// </summary>
internal static unsafe partial class Collectives
{
    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Iallreduce(
        void* sent, void* received, int count, int type, int operation, int communicator, int* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Iallgather(
        void* sent, int sentCount, int sentType, void* received, int receivedCount, int receivedType, int communicator, int* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Ialltoall(
        void* sent, int sentCount, int sentType, void* received, int receivedCount, int receivedType, int communicator, int* request);
}
