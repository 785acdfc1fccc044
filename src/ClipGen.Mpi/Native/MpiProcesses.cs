using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using static MPI.Unsafe;

namespace ClipGen.Mpi.Native;

/// <summary>The processes that an MPI launcher started.</summary>
/// <remarks>
/// A process that leaves tells all others how many calls it has made. A waiting process checks for such messages, and ends the job if
/// another process has left before this call, because that process will never take part in it.
/// </remarks>
internal sealed unsafe class MpiProcesses : IGradientExchange, IDisposable
{
    private const int LeavingTag = 1;
    private const int TestsBetweenLooks = 64;
    private const long NotLeft = long.MaxValue;

    private static MpiProcesses? _current;

    private readonly int _communicator;
    private readonly int _control;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly long[] _leftAfter;
    private readonly PosixSignalRegistration? _termination;
    private long _calls;
    private bool _isEnded;

    private MpiProcesses()
    {
        int count = 0;
        byte** arguments = null;
        Check(MPI_Init_thread(ref count, ref arguments, MPI_THREAD_FUNNELED, out _), nameof(MPI_Init_thread));
        Check(MPI_Comm_dup(MPI_COMM_WORLD, out _communicator), nameof(MPI_Comm_dup));
        Check(MPI_Comm_dup(MPI_COMM_WORLD, out _control), nameof(MPI_Comm_dup));
        Check(MPI_Comm_rank(_communicator, out int rank), nameof(MPI_Comm_rank));
        Check(MPI_Comm_size(_communicator, out int size), nameof(MPI_Comm_size));
        Rank = rank;
        Size = size;
        _leftAfter = new long[size];
        Array.Fill(_leftAfter, NotLeft);
        if (!OperatingSystem.IsWindows())
            _termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => _isEnded = true);
        AppDomain.CurrentDomain.UnhandledException += EndByException;
        AppDomain.CurrentDomain.ProcessExit += EndByExit;
    }

    public int Rank { get; }

    public int Size { get; }

    /// <summary>Starts MPI in this process.</summary>
    internal static MpiProcesses Start()
    {
        if (_current is not null)
        {
            throw new InvalidOperationException(
                "MPI can be started only once per process, even after it was ended. "
                + "Keep one MpiWorld for the whole program.");
        }

        MpiLibrary.Load();
        _current = new MpiProcesses();
        if (Launcher.Size > 1 && _current.Size == 1)
        {
            _current.End(
                $"The launcher started {Launcher.Size} processes, but its MPI library sees only this process. "
                + "Start the program with the mpirun of the MPI library that it loads.");
        }

        return _current;
    }

    public void AddUp(Span<long> values)
    {
        long[] sent = values.ToArray();
        fixed (long* from = sent, to = values)
        {
            int request;
            Check(
                Collectives.MPI_Iallreduce(from, to, sent.Length, MPI_LONG_LONG, MPI_SUM, _communicator, &request),
                nameof(MPI_Allreduce));
            Wait(request);
        }
    }

    public void Gather(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        fixed (byte* from = sent, to = received)
        {
            int request;
            Check(
                Collectives.MPI_Iallgather(from, sent.Length, MPI_BYTE, to, sent.Length, MPI_BYTE, _communicator, &request),
                nameof(MPI_Allgather));
            Wait(request);
        }
    }

    public void Transpose(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        int length = sent.Length / Size;
        fixed (byte* from = sent, to = received)
        {
            int request;
            Check(Collectives.MPI_Ialltoall(from, length, MPI_BYTE, to, length, MPI_BYTE, _communicator, &request), nameof(MPI_Alltoall));
            Wait(request);
        }
    }

    /// <summary>Throws if called from another thread, or after <see cref="Dispose"/>.</summary>
    internal void CheckUse()
    {
        ObjectDisposedException.ThrowIf(_isEnded, typeof(MpiWorld));
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException(
                "Call MPI only from the thread that started the MpiWorld. After an await, code may continue on another thread; "
                + "use synchronous code.");
        }
    }

    public void Dispose()
    {
        if (_isEnded)
            return;
        CheckUse();
        Leave();
        _isEnded = true;
        AppDomain.CurrentDomain.UnhandledException -= EndByException;
        AppDomain.CurrentDomain.ProcessExit -= EndByExit;
        _termination?.Dispose();
        Check(MPI_Finalize(), nameof(MPI_Finalize));
    }

    // Tells all others, and waits until all others have told the same, so that no process ends MPI while another one waits for a message.
    private void Leave()
    {
        long message = _calls;
        int[] requests = new int[Size];
        for (int rank = 0; rank < Size; rank++)
        {
            if (rank == Rank)
                continue;
            int code = MPI_Isend((nint)(&message), sizeof(long), MPI_BYTE, rank, LeavingTag, _control, out requests[rank]);
            Check(code, nameof(MPI_Isend));
        }

        var wait = new SpinWait();
        for (int rank = 0; rank < Size; rank++)
        {
            if (rank == Rank)
                continue;
            bool isSent = false;
            while (!isSent || _leftAfter[rank] == NotLeft)
            {
                isSent = isSent || Test(ref requests[rank]);
                LookForLeaver();
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    private void Wait(int request)
    {
        _calls++;
        var wait = new SpinWait();
        for (int tests = 1; !Test(ref request); tests++)
        {
            if (tests % TestsBetweenLooks == 0)
                EndIfLeft();
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void EndIfLeft()
    {
        LookForLeaver();
        int leaver = Array.FindIndex(_leftAfter, calls => calls < _calls);
        if (leaver >= 0)
        {
            End(
                $"Rank {Rank} waits for rank {leaver}, which has disposed of its MpiWorld, at the end of its program or because of an "
                + "exception. The job ends. Every process must make the same calls in the same order.");
        }
    }

    private static bool Test(ref int request)
    {
        Check(MPI_Test(ref request, out int isDone, out _), nameof(MPI_Test));
        return isDone != 0;
    }

    private void LookForLeaver()
    {
        Check(MPI_Iprobe(MPI_ANY_SOURCE, LeavingTag, _control, out int isThere, out MPI_Status status), nameof(MPI_Iprobe));
        if (isThere == 0)
            return;
        long calls;
        Check(MPI_Recv((nint)(&calls), sizeof(long), MPI_BYTE, status.MPI_SOURCE, LeavingTag, _control, out _), nameof(MPI_Recv));
        _leftAfter[status.MPI_SOURCE] = calls;
    }

    private static void Check(int code, string function)
    {
        if (code == MPI_SUCCESS)
            return;
        byte[] text = new byte[512];
        int length = 0;
        string reason = MPI_Error_string(code, text, ref length) == MPI_SUCCESS
            ? Encoding.UTF8.GetString(text, 0, length)
            : code.ToString(CultureInfo.InvariantCulture);
        throw new InvalidOperationException($"{function} failed: {reason}");
    }

    // Other processes may wait for this one, and would not be notified of an exception here.
    private void EndByException(object? sender, UnhandledExceptionEventArgs arguments) =>
        End($"Rank {Rank} ends the job because of an unhandled exception. {arguments.ExceptionObject}");

    private void EndByExit(object? sender, EventArgs arguments) =>
        End($"Rank {Rank} ends the job: its program ended without disposing of the MpiWorld.");

    private void End(string message)
    {
        if (_isEnded)
            return;
        _isEnded = true;
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        _ = MPI_Abort(MPI_COMM_WORLD, 1);
    }
}
