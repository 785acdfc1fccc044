using System.Diagnostics;
using System.Globalization;
using ClipGen.Benchmarks.Measurement;
using Spectre.Console;

namespace ClipGen.Benchmarks;

/// <summary>
/// The aot mode: publishes ClipGen.Benchmarks.AheadOfTime twice, without <c>IlcInstructionSet</c> and with <c>native</c>, and runs both
/// alternately to measure a clip.
/// </summary>
public static class AheadOfTimeSession
{
    private const int Rounds = 9;

    private static readonly string[] Models = ["40x16", "8x12500"];

    /// <summary>Publishes, measures and prints.</summary>
    /// <exception cref="InvalidOperationException">The program cannot be published or run.</exception>
    public static void Run(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("clipgen-aot-").FullName;
        try
        {
            string plain = Publish(folder, "plain", "");
            string native = Publish(folder, "native", "-p:IlcInstructionSet=native");
            var plainTimes = Models.ToDictionary(model => model, _ => new List<double>());
            var nativeTimes = Models.ToDictionary(model => model, _ => new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                Measure(plain, plainTimes);
                Measure(native, nativeTimes);
            }

            if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;

            var table = new Table { Border = TableBorder.Simple };
            table.AddColumns("gradients", "native, ns", "without IlcInstructionSet, ns", "times as long");
            foreach (string model in Models)
            {
                table.AddRow(
                    model,
                    Spread.Of(nativeTimes[model]).ToString("0"),
                    Spread.Of(plainTimes[model]).ToString("0"),
                    Spread.Of(plainTimes[model].Zip(nativeTimes[model], (slow, fast) => slow / fast)).ToString("0.0"));
            }

            AnsiConsole.Write(table);
            AnsiConsole.WriteLine($"Median and quartiles of {Rounds} processes each, in turns.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Publish(string folder, string name, string option)
    {
        string project = Path.Combine(Repository.Root().FullName, "tests", "ClipGen.Benchmarks.AheadOfTime");
        Console.Error.WriteLine($"publishing {name}");
        Start("dotnet", $"publish \"{project}\" -c Release --use-current-runtime -o \"{Path.Combine(folder, name)}\" {option}");
        return Path.Combine(folder, name,
            OperatingSystem.IsWindows() ? "ClipGen.Benchmarks.AheadOfTime.exe" : "ClipGen.Benchmarks.AheadOfTime");
    }

    // Each line is the name of a model and the nanoseconds of a call.
    private static void Measure(string program, Dictionary<string, List<double>> times)
    {
        foreach (string line in Start(program, "--time").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            times[words[0]].Add(double.Parse(words[1], CultureInfo.InvariantCulture));
        }
    }

    private static string Start(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments} ended with exit code "
            + $"{process.ExitCode}.\n{output}");
    }
}
