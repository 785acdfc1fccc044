namespace ClipGen.Package.Tests;

/// <summary>A project that consumes a package.</summary>
internal sealed class ConsumerProject(string folder, string cache)
{
    public ConsumerProject Write(string file, string text)
    {
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>Writes a project that references one of the packages.</summary>
    public ConsumerProject WriteProject(
        string properties = "",
        string items = "",
        string file = "Consumer.csproj",
        string targets = "<TargetFramework>net10.0</TargetFramework>",
        string package = "ClipGen",
        string imports = "") =>
        Write(
            file,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {targets}
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{PackageFeed.Version}" />
                {items}
              </ItemGroup>
              {imports}
            </Project>
            """);

    public string Read(string file) => File.ReadAllText(Path.Combine(folder, file));

    public CommandRun Dotnet(string arguments) =>
        CommandRun.Start(folder, "dotnet", arguments, new Dictionary<string, string> { ["NUGET_PACKAGES"] = cache });

    /// <summary>Runs a program that was built or published in this project.</summary>
    public CommandRun Run(string file) => CommandRun.Start(folder, Path.Combine(folder, file), "");

    /// <summary>Builds the project for the first time, and asserts that it received the packed files.</summary>
    /// <remarks>One command restores and builds: a separate restore would start the SDK and evaluate the project once more.</remarks>
    public CommandRun Build(string project = "", string package = "clipgen")
    {
        CommandRun build = Dotnet($"build {project}");
        Assert.True(Directory.Exists(Path.Combine(cache, package, PackageFeed.Version)),
            $"{package} {PackageFeed.Version} was not restored from the feed.\n{build.Output}");
        return build;
    }
}
