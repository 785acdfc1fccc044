using System.Reflection;
using System.Runtime.CompilerServices;

namespace ClipGen.Generator.Tests;

/// <summary>
/// Compares generated files with approved ones. The names of approved files follow the Verify library, but contain only letters, digits,
/// dots, hyphens and underscores, which every file system, shell and URL accepts. To approve a change, run the tests with the environment
/// variable <c>CLIPGEN_APPROVE=1</c> and read the difference.
/// </summary>
internal static class Approval
{
    // The path of this file from the compiler is not usable, because deterministic builds replace it.
    private static string ProjectFolder { get; } = typeof(Approval).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == nameof(ProjectFolder)).Value!;

    private static string Folder { get; } = Path.Combine(ProjectFolder, "Approved");

    /// <summary>The names of all approved files.</summary>
    public static IReadOnlyList<string> Files => [.. Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    public static void Verify(GeneratorRun run, [CallerMemberName] string test = "", [CallerFilePath] string path = "")
    {
        string prefix = $"{Path.GetFileNameWithoutExtension(path)}.{test}.";
        (string Name, string Text)[] generated = [.. run.Files.Select(file => (prefix + Portable(file.Key), file.Value))];
        bool approves = Environment.GetEnvironmentVariable("CLIPGEN_APPROVE") == "1";
        if (approves)
        {
            Directory.CreateDirectory(Folder);
            foreach (string old in Directory.GetFiles(Folder, prefix + "*"))
            {
                File.Delete(old);
            }
        }

        foreach ((string name, string text) in generated)
        {
            Assert.DoesNotContain('\r', text);
            string file = Path.Combine(Folder, name);
            if (approves)
            {
                File.WriteAllText(file, text);
            }

            Assert.True(File.Exists(file), $"{name} is not approved yet. Run with CLIPGEN_APPROVE=1 and read it.");
            Assert.Equal(File.ReadAllText(file), text, ignoreLineEndingDifferences: true);
        }

        Assert.Equal(
            generated.Select(file => file.Name).Order(StringComparer.Ordinal),
            Files.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    // Of a name such as Demo.Outer`1+Inner.g.cs.
    private static string Portable(string hintName)
    {
        string name = hintName.Replace(".g.cs", ".verified.cs", StringComparison.Ordinal).Replace('`', '-').Replace('+', '.');
        Assert.Matches("^[A-Za-z0-9._-]+$", name);
        return name;
    }
}
