using System.Diagnostics;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>This program in a process of its own, for settings of the runtime that are read when it starts.</summary>
internal static class SameProgram
{
    /// <summary>Runs the program with a setting, its output where this process's goes.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="variable">The environment variable that holds the setting.</param>
    /// <param name="value">The setting.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IEnumerable<string> arguments, string variable, string value, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { Environment = { [variable] = value } };

        // Under `dotnet Program.dll` the process is the host, which wants to know the program.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(SameProgram).Assembly.Location);

        foreach (string argument in arguments) start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill());
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }
}
