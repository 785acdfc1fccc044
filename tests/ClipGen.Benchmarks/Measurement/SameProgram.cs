using System.Diagnostics;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>Runs this program in a separate process, for settings that the runtime reads when it starts.</summary>
internal static class SameProgram
{
    /// <summary>Runs the program with a setting. Its output goes to the output of this process.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="variable">The environment variable that holds the setting.</param>
    /// <param name="value">The setting.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IEnumerable<string> arguments, string variable, string value, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { Environment = { [variable] = value } };

        // With `dotnet Program.dll`, the process is the host, which needs the program as an argument.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(SameProgram).Assembly.Location);

        foreach (string argument in arguments) start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill());
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }
}
