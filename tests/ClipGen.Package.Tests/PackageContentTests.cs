using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ClipGen.Package.Tests;

/// <summary>The content of the packages, and their dependencies.</summary>
public sealed class PackageContentTests(PackageFeed feed)
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private static readonly string[] CompilerComponents =
    [
        "analyzers/dotnet/cs/ClipGen.Analyzers.dll",
        "analyzers/dotnet/cs/ClipGen.CodeFixes.dll",
        "analyzers/dotnet/cs/ClipGen.Generator.dll",
        "buildTransitive/net8.0/ClipGen.targets",
    ];

    [Fact]
    public void The_solution_makes_three_packages_with_their_symbols() =>
        Assert.Equal(
            new[] { "ClipGen", "ClipGen.Mpi", "ClipGen.TorchSharp" }.SelectMany(
                id => new[] { $"{id}.{PackageFeed.Version}.nupkg", $"{id}.{PackageFeed.Version}.snupkg" }),
            Directory.GetFiles(feed.Feed).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("ClipGen", true)]
    [InlineData("ClipGen.Mpi", false)]
    [InlineData("ClipGen.TorchSharp", false)]
    public void A_package_holds_the_library_and_its_documentation(string id, bool holdsCompilerComponents)
    {
        using ZipArchive package = Open(id, "nupkg");

        Assert.Equal(
            [
                "README.md",
                .. holdsCompilerComponents ? CompilerComponents : [],
                $"lib/net10.0/{id}.dll",
                $"lib/net10.0/{id}.xml",
                $"lib/net8.0/{id}.dll",
                $"lib/net8.0/{id}.xml",
            ],
            package.Entries.Select(entry => entry.FullName)
                .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal)
                    && !name.StartsWith("package/", StringComparison.Ordinal)
                    && name != "[Content_Types].xml" && name != $"{id}.nuspec")
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ClipGen", "README.md")]
    [InlineData("ClipGen.Mpi", "src/ClipGen.Mpi/README.md")]
    [InlineData("ClipGen.TorchSharp", "src/ClipGen.TorchSharp/README.md")]
    public void The_readme_is_the_repositorys_with_absolute_addresses(string id, string original)
    {
        using ZipArchive package = Open(id, "nupkg");
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());

        string readme = reader.ReadToEnd();

        Assert.DoesNotMatch(@"\]\((?!https://)", readme);
        string Simplified(string text) => Regex.Replace(text.Trim(), @"\]\((https://github.com/clipgen/clipgen/(blob|raw)/main/)?", "](");
        Assert.Equal(Simplified(File.ReadAllText(Path.Combine(PackageFeed.RepositoryRoot, original))), Simplified(readme));
    }

    [Theory]
    [InlineData("ClipGen", "System.Numerics.Tensors without Build,Analyzers")]
    [InlineData("ClipGen.Mpi", "ClipGen", "MPI.NET without Build,Analyzers")]
    [InlineData("ClipGen.TorchSharp", "ClipGen", "TorchSharp without Build,Analyzers")]
    public void Nothing_else_is_a_dependency(string id, params string[] dependencies)
    {
        using ZipArchive package = Open(id, "nupkg");
        using Stream nuspec = package.GetEntry($"{id}.nuspec")!.Open();
        ILookup<string, XElement> elements = XDocument.Load(nuspec).Descendants().ToLookup(element => element.Name.LocalName);

        Assert.Equal(["net10.0", "net8.0"], elements["group"].Select(group => group.Attribute("targetFramework")!.Value));
        Assert.All(
            elements["group"],
            group => Assert.Equal(
                dependencies,
                group.Elements()
                    .Select(element =>
                        element.Attribute("id")!.Value
                            + (element.Attribute("exclude") is { } excluded ? $" without {excluded.Value}" : ""))));
        Assert.Equal("MIT", Assert.Single(elements["license"]).Value);
        Assert.Equal("README.md", Assert.Single(elements["readme"]).Value);
        Assert.Matches("^[0-9a-f]{40}$", Assert.Single(elements["repository"]).Attribute("commit")!.Value);
    }

    [Theory]
    [InlineData("ClipGen")]
    [InlineData("ClipGen.Mpi")]
    [InlineData("ClipGen.TorchSharp")]
    public void Symbols_name_the_sources_by_commit_and_the_build_is_reproducible(string id)
    {
        using ZipArchive package = Open(id, "nupkg");
        using ZipArchive symbols = Open(id, "snupkg");
        foreach (string framework in new[] { "net8.0", "net10.0" })
        {
            using var library = new PEReader(Read(package, $"lib/{framework}/{id}.dll"));
            Assert.Contains(library.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);

            using MetadataReaderProvider provider =
                MetadataReaderProvider.FromPortablePdbStream(Read(symbols, $"lib/{framework}/{id}.pdb"));
            MetadataReader reader = provider.GetMetadataReader();
            byte[] link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
                .Where(information => reader.GetGuid(information.Kind) == SourceLink)
                .Select(information => reader.GetBlobBytes(information.Value)).Single();
            Assert.Matches("https://raw.githubusercontent.com/clipgen/clipgen/[0-9a-f]{40}/\\*", Encoding.UTF8.GetString(link));
        }
    }

    private ZipArchive Open(string id, string extension) =>
        ZipFile.OpenRead(Path.Combine(feed.Feed, $"{id}.{PackageFeed.Version}.{extension}"));

    private static MemoryStream Read(ZipArchive archive, string name)
    {
        var content = new MemoryStream();
        using Stream entry = archive.GetEntry(name)!.Open();
        entry.CopyTo(content);
        content.Position = 0;
        return content;
    }
}
