using System.Diagnostics;

namespace ClipGen.Package.Tests;

/// <summary>The output of a command, and its exit code.</summary>
internal sealed record CommandRun(int ExitCode, string Output)
{
    public static CommandRun Dotnet(string folder, string arguments) => Start(folder, "dotnet", arguments);

    public static CommandRun Start(string folder, string program, string arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A shell of a user does not have the settings of the test host, and every project sets its own package sources.
        foreach (string name in start.Environment.Keys.Where(IsOfTheHost).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        // A command of the SDK runs for a few seconds: measuring its methods to compile them again takes longer than it saves. A program
        // that a test starts by its file runs as it does for a user.
        if (program == "dotnet" && !arguments.Split(' ')[0].EndsWith(".dll", StringComparison.Ordinal))
        {
            start.Environment["DOTNET_TieredPGO"] = "0";
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output);
    }

    private static bool IsOfTheHost(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || variable == "NUGET_FALLBACK_PACKAGES";

    public CommandRun AssertSucceeded()
    {
        Assert.True(ExitCode == 0, Output);
        return this;
    }

    public CommandRun AssertFailed()
    {
        Assert.True(ExitCode != 0, Output);
        return this;
    }
}
