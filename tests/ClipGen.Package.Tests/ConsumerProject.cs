namespace ClipGen.Package.Tests;

/// <summary>A project that consumes the package.</summary>
internal sealed class ConsumerProject(string folder, string cache)
{
    public string Folder => folder;

    public ConsumerProject Write(string file, string text)
    {
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>Writes a C# project with one package reference.</summary>
    public ConsumerProject WriteProject(string properties = "", string items = "", string file = "Consumer.csproj", string targets = "<TargetFramework>net10.0</TargetFramework>") =>
        Write(
            file,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {targets}
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ClipGen" Version="{PackageFeed.Version}" />
                {items}
              </ItemGroup>
            </Project>
            """);

    public string Read(string file) => File.ReadAllText(Path.Combine(folder, file));

    public CommandRun Dotnet(string arguments) =>
        CommandRun.Dotnet(folder, arguments, new Dictionary<string, string> { ["NUGET_PACKAGES"] = cache });
}
