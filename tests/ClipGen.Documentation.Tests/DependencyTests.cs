using System.Text.RegularExpressions;

namespace ClipGen.Documentation.Tests;

/// <summary>Every package that a project references is in the table of the page on the architecture.</summary>
public sealed partial class DependencyTests
{
    public static TheoryData<string> Packages =>
    [
        .. new[] { "analyzers", "build", "generator", "samples", "src", "tests" }
            .SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".csproj" or ".props" or ".targets" && !IsOutput(file))
            .SelectMany(file => ReferencePattern().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_reason_for_a_package_is_on_the_page(string package) =>
        Assert.Matches($@"(?m)^\| ([^|]*, )?{Regex.Escape(package)}[ ,]", File.ReadAllText(Repository.PathOf("docs/architecture.md")));

    private static bool IsOutput(string file) => file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj");

    [GeneratedRegex(@"<PackageReference Include=""([\w.-]+)""")]
    private static partial Regex ReferencePattern();
}
