using System.Diagnostics;
using ClipGen.Mpi.Ranks;

namespace ClipGen.Mpi.Tests;

/// <summary>Tests with real processes that <c>mpirun</c> starts.</summary>
public sealed class ProcessTests
{
    private const int MillisecondsToWait = 120_000;

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ClipGen.Mpi.Ranks.dll");

    private static string? Launcher { get; } = FindLauncher();

    [Fact]
    public void Every_number_of_ranks_agrees_and_measures_what_one_does()
    {
        string[] alone = Lines(Start("dotnet", Program, "work"));
        Assert.Equal(4, alone.Length);
        Assert.StartsWith("sharded ", alone[0], StringComparison.Ordinal);

        // Includes more ranks than there are cores.
        foreach (int ranks in new[] { 1, 2, 3, 4, 7 })
        {
            (int exitCode, string output) = Run(ranks, "work");
            Assert.True(exitCode == 0, output);
            string[] lines = Lines((exitCode, output));
            Assert.DoesNotContain("DIFFERENT", output, StringComparison.Ordinal);
            Assert.Equal(alone[0], lines[0]);
            Assert.StartsWith("averaged ", lines[1], StringComparison.Ordinal);
            Assert.StartsWith("trained ", lines[2], StringComparison.Ordinal);
            Assert.Equal($"caught Gradients[0] 1 of rank {Math.Min(1, ranks - 1)}", lines[3]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void Limits_learn_what_they_learn_in_one_process(int ranks)
    {
        (int exitCode, string output) = Run(ranks, "limits");
        Assert.True(exitCode == 0, output);
        string[] expected = [.. Trajectory.Of(ranks).Select(one => Scenarios.LineOf(
            one.Limit,
            one.Call,
            new Trajectory(one.Limit, one.Call, resumes: false).RunAlone(),
            new Trajectory(one.Limit, one.Call, resumes: false).RunOnMeans(ranks)))];

        // Every line with a step is printed twice: the second time with sharded state.
        Assert.Equal(expected, Lines((exitCode, output)).Distinct());
    }

    [Theory]
    [InlineData("throw", "Rank 2 ends the job because of an unhandled exception. System.InvalidOperationException: The examples of")]
    [InlineData("leave", "waits for rank 2, which has disposed of its MpiWorld")]
    [InlineData("kill", "Killed")]
    [InlineData("exit", "its program ended without disposing of the MpiWorld")]
    [InlineData("differ", "Rank 0 calls AverageGradients, and rank 1 calls ClipSharded.")]
    public void The_job_ends_with_a_message_when_a_rank_does(string scenario, string message)
    {
        (int exitCode, string output) = Run(3, scenario);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_thread_is_refused() =>
        Assert.Contains("Call MPI only from the thread that started the MpiWorld", Run(2, "thread").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE", "2", "started by the mpirun of Open MPI")]
    [InlineData("CLIPGEN_MPI_LIBRARY", "libnowhere.so.12", "'libnowhere.so.12', set in CLIPGEN_MPI_LIBRARY, cannot be loaded")]
    public void What_cannot_be_called_is_named(string variable, string value, string message)
    {
        (int exitCode, string output) = StartIn(new() { ["PMI_RANK"] = "0", [variable] = value }, "dotnet", Program, "work");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private static string[] Lines((int ExitCode, string Output) run) =>
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static (int ExitCode, string Output) Run(int ranks, string scenario)
    {
        Assert.SkipWhen(
            Launcher is null,
            "No MPI of the MPICH ABI is installed: neither mpirun.mpich nor an mpirun of MPICH is on the path. "
                + "Debian has it in the package mpich.");
        return Start(Launcher!, "-n", ranks.ToString(System.Globalization.CultureInfo.InvariantCulture), "dotnet", Program, scenario);
    }

    private static (int ExitCode, string Output) Start(string program, params string[] arguments) => StartIn([], program, arguments);

    private static (int ExitCode, string Output) StartIn(Dictionary<string, string> environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The crash is expected, and writing its memory dump would take longer than the test.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(MillisecondsToWait))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', arguments)} did not end.");
        }

        return (process.ExitCode, output.Result + errors.Result);
    }

    private static string? FindLauncher()
    {
        foreach (string name in new[] { "mpirun.mpich", "mpirun" })
        {
            try
            {
                (int exitCode, string output) = Start(name, "--version");
                bool isKnown = output.Contains("HYDRA", StringComparison.Ordinal)
                    || output.Contains("Intel(R) MPI", StringComparison.Ordinal);
                if (exitCode == 0 && isKnown)
                    return name;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // This program does not exist.
            }
        }

        return null;
    }
}
