using System.Reflection;

[assembly: AssemblyFixture(typeof(ClipGen.Package.Tests.PackageFeed))]

namespace ClipGen.Package.Tests;

/// <summary>
/// The packed packages in a feed of their own, for projects that see them as a user does: through NuGet, from an empty cache. Other packages come
/// from the cache that built this repository.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clipgen-packages-").FullName;

    public PackageFeed() =>
        CommandRun.Dotnet(RepositoryRoot, $"pack ClipGen.sln --no-build -c {Metadata("Configuration")} -o \"{Feed}\"").AssertSucceeded();

    public static string Version { get; } = Metadata("PackageVersion");

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    /// <summary>The folder that holds what was packed.</summary>
    public string Feed => Path.Combine(_folder, "feed");

    /// <summary>A new, empty project folder that restores from the feed.</summary>
    internal ConsumerProject CreateProject()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        string others = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="built-with" value="{others}" />
              </fallbackPackageFolders>
            </configuration>
            """);

        // Nothing of the folders above may reach in.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project><PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(folder, ".editorconfig"), "root = true\n");
        return new ConsumerProject(folder, Path.Combine(_folder, "cache"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Metadata(string key) =>
        typeof(PackageFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
