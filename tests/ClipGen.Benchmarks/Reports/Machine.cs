using System.Reflection;
using System.Runtime.InteropServices;

namespace ClipGen.Benchmarks.Reports;

/// <summary>The conditions of a measurement: the processor, the runtime and the commit.</summary>
internal static class Machine
{
    /// <summary>Describes this process in one sentence.</summary>
    public static string Describe()
    {
        string processor = $"{Processor()}, {Environment.ProcessorCount} logical processors";
        return $"Measured on {processor}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, at commit "
            + $"{Commit()}.";
    }

    private static string Processor()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(each => each.StartsWith(Key, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    // The compiler appends the commit to the version.
    private static string Commit()
    {
        string version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..][..7];
    }
}
