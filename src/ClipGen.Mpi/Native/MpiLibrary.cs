using System.Reflection;
using System.Runtime.InteropServices;

namespace ClipGen.Mpi.Native;

/// <summary>
/// Finds the installed MPI library. MPI.NET imports <c>msmpi.dll</c>, which exists on Windows. On other systems, a library of the MPICH ABI
/// replaces it, because its functions and constants are the same.
/// </summary>
internal static class MpiLibrary
{
    /// <summary>The name that functions are imported from.</summary>
    internal const string Name = "msmpi.dll";

    private const string PathVariable = "CLIPGEN_MPI_LIBRARY";

    private const string Installation =
        "Install MPICH or another MPI of its ABI (Intel MPI, MVAPICH, Cray MPICH): 'apt-get install mpich' on Debian and Ubuntu, "
        + "'dnf install mpich' on Fedora, "
        + "'brew install mpich' on macOS, MS-MPI on Windows. Then start the program with that MPI's own mpirun.";

    private static readonly object Lock = new();
    private static nint _library;

    private static string[] Candidates =>
        OperatingSystem.IsWindows() ? [Name]
        : OperatingSystem.IsMacOS() ? ["libmpi.12.dylib", "/opt/homebrew/lib/libmpi.12.dylib", "/usr/local/lib/libmpi.12.dylib"]
        : ["libmpich.so.12", "libmpi.so.12", "libmpi_cray.so.12"];

    /// <summary>Loads the library, and makes MPI.NET and this assembly use it.</summary>
    /// <exception cref="DllNotFoundException">There is no library of the MPICH ABI, or the launcher belongs to another MPI.</exception>
    internal static void Load()
    {
        lock (Lock)
        {
            if (_library != 0)
                return;
            if (Launcher.IsOpenMpi)
            {
                throw new DllNotFoundException(
                    $"This process was started by the mpirun of Open MPI, whose ABI ClipGen.Mpi cannot call. {Installation}");
            }

            nint library = Find();
            NativeLibrary.SetDllImportResolver(typeof(MpiLibrary).Assembly, Resolve);
            try
            {
                NativeLibrary.SetDllImportResolver(typeof(global::MPI.Unsafe).Assembly, Resolve);
            }
            catch (InvalidOperationException)
            {
                // The program has set a resolver for MPI.NET itself.
            }

            _library = library;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? _library : 0;

    private static nint Find()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named)
        {
            return NativeLibrary.TryLoad(named, out nint library)
                ? Checked(library, named)
                : throw new DllNotFoundException($"The MPI library '{named}', set in {PathVariable}, cannot be loaded.");
        }

        foreach (string candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint library))
                return Checked(library, candidate);
        }

        bool hasOpenMpi = NativeLibrary.TryLoad("libmpi.so.40", out nint other);
        if (hasOpenMpi)
            NativeLibrary.Free(other);
        throw new DllNotFoundException(
            "An MPI launcher started this process, but no MPI library that ClipGen.Mpi can call is installed "
            + $"(looked for {string.Join(", ", Candidates)}). "
            + (hasOpenMpi ? "Open MPI is installed, but it has another ABI. " : "")
            + Installation + $" To use a library in another folder, set {PathVariable}.");
    }

    private static nint Checked(nint library, string name) => !NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _)
        ? library
        : throw new DllNotFoundException($"'{name}' is Open MPI, whose ABI ClipGen.Mpi cannot call. {Installation}");
}
