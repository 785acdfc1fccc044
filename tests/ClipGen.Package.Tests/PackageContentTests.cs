using System.IO.Compression;
using System.Xml.Linq;

namespace ClipGen.Package.Tests;

/// <summary>What is in the package, and what it depends on.</summary>
public sealed class PackageContentTests(PackageFeed feed)
{
    [Fact]
    public void The_package_holds_the_library_the_compiler_components_and_the_documentation()
    {
        using ZipArchive package = ZipFile.OpenRead(feed.PackageFile);

        Assert.Equal(
            [
                "README.md",
                "analyzers/dotnet/cs/ClipGen.Analyzers.dll",
                "analyzers/dotnet/cs/ClipGen.CodeFixes.dll",
                "analyzers/dotnet/cs/ClipGen.Generator.dll",
                "lib/net10.0/ClipGen.dll",
                "lib/net10.0/ClipGen.xml",
                "lib/net8.0/ClipGen.dll",
                "lib/net8.0/ClipGen.xml",
            ],
            package.Entries.Select(entry => entry.FullName)
                .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal)
                    && !name.StartsWith("package/", StringComparison.Ordinal)
                    && name is not "[Content_Types].xml" and not "ClipGen.nuspec")
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_tensor_package_is_a_dependency()
    {
        using ZipArchive package = ZipFile.OpenRead(feed.PackageFile);
        using Stream nuspec = package.GetEntry("ClipGen.nuspec")!.Open();
        XDocument document = XDocument.Load(nuspec);

        Assert.Equal(
            ["System.Numerics.Tensors", "System.Numerics.Tensors"],
            document.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value));
        Assert.Equal("MIT", document.Descendants().Single(element => element.Name.LocalName == "license").Value);
        Assert.NotNull(document.Descendants().Single(element => element.Name.LocalName == "repository").Attribute("commit"));
    }

    [Fact]
    public void Symbols_are_packed_for_both_targets()
    {
        using ZipArchive symbols = ZipFile.OpenRead(feed.SymbolsFile);

        Assert.Equal(
            ["lib/net10.0/ClipGen.pdb", "lib/net8.0/ClipGen.pdb"],
            symbols.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".pdb", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
