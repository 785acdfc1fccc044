using System.Reflection;
using System.Runtime.CompilerServices;

namespace ClipGen.Generator.Tests;

/// <summary>
/// Compares generated files with approved ones, under Verify's own naming, so that Verify can take over in this file. To approve a change,
/// run the tests with the environment variable <c>CLIPGEN_APPROVE=1</c> and read the difference.
/// </summary>
internal static class Approval
{
    // Not the compiler's path of this file: deterministic builds replace it.
    private static string ProjectFolder { get; } = typeof(Approval).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == nameof(ProjectFolder)).Value!;

    public static void Verify(GeneratorRun run, [CallerMemberName] string test = "", [CallerFilePath] string path = "")
    {
        string folder = Path.Combine(ProjectFolder, "Approved");
        string prefix = $"{Path.GetFileNameWithoutExtension(path)}.{test}#";
        bool approves = Environment.GetEnvironmentVariable("CLIPGEN_APPROVE") == "1";
        if (approves)
        {
            Directory.CreateDirectory(folder);
            foreach (string old in Directory.GetFiles(folder, prefix + "*"))
            {
                File.Delete(old);
            }
        }

        foreach ((string hintName, string text) in run.Files)
        {
            Assert.DoesNotContain('\r', text);
            string file = Path.Combine(folder, prefix + hintName.Replace(".g.cs", ".verified.cs", StringComparison.Ordinal));
            if (approves)
            {
                File.WriteAllText(file, text);
            }

            Assert.True(File.Exists(file), $"{Path.GetFileName(file)} is not approved yet. Run with CLIPGEN_APPROVE=1 and read it.");
            Assert.Equal(File.ReadAllText(file), text, ignoreLineEndingDifferences: true);
        }

        string[] approved = [.. Directory.GetFiles(folder, prefix + "*").Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        string[] generated =
            [.. run.Files.Keys.Select(name => prefix + name.Replace(".g.cs", ".verified.cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(generated, approved);
    }
}
