using System.Reflection;

[assembly: AssemblyFixture(typeof(ClipGen.Package.Tests.PackageFeed))]

namespace ClipGen.Package.Tests;

/// <summary>
/// A feed with the packed packages, for projects that use them as a user does: through NuGet, with an empty cache. The packages have a
/// unique version, so that packages in the caches of the machine are never used instead. Other packages come from the folders that this
/// project was restored to, and no registry is needed.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clipgen-packages-").FullName;

    public PackageFeed() =>
        CommandRun.Dotnet(
            RepositoryRoot,
            $"pack ClipGen.sln --no-build -c {Metadata("Configuration")} -o \"{Feed}\" -p:PackageVersion={Version} "
            + $"-p:NuspecOutputPath=\"{Path.Combine(_folder, "nuspec")}\"")
            .AssertSucceeded();

    public static string Version { get; } = $"{Metadata("PackageVersion")}-test.{Guid.NewGuid():N}";

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    /// <summary>The folder with the packed packages.</summary>
    public string Feed => Path.Combine(_folder, "feed");

    /// <summary>TorchSharp's assembly in its package.</summary>
    public static string TorchSharp { get; } =
        Directory.GetFiles(Path.Combine(Metadata("TorchSharp"), "lib"), "TorchSharp.dll", SearchOption.AllDirectories).Order().First();

    /// <summary>The libtorch package for the machine that built the tests, or an empty string if there is none.</summary>
    public static string LibtorchPackage { get; } = Metadata("LibtorchPackage");

    public static string LibtorchVersion { get; } = Metadata("LibtorchVersion");

    /// <summary>Creates an empty project folder that restores from the feed.</summary>
    internal ConsumerProject CreateProject()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        string[] others = Metadata("PackageFolders").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // The settings of the user must not have an effect.
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{Feed}" />
              </packageSources>
              <disabledPackageSources>
                <clear />
              </disabledPackageSources>
              <packageSourceMapping>
                <clear />
              </packageSourceMapping>
              <fallbackPackageFolders>
                <clear />
                {string.Concat(others.Select((path, index) => $"<add key=\"{index}\" value=\"{path}\" />"))}
              </fallbackPackageFolders>
            </configuration>
            """);

        // Files of parent folders must not have an effect.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"),
            "<Project><PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(folder, ".editorconfig"), "root = true\n");

        // The SDK that restored the packages requires the versions that are present.
        File.Copy(Path.Combine(RepositoryRoot, "global.json"), Path.Combine(folder, "global.json"));
        return new ConsumerProject(folder, Path.Combine(_folder, "cache"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Metadata(string key) =>
        typeof(PackageFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
