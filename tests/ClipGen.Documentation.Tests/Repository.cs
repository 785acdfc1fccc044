using System.Reflection;

namespace ClipGen.Documentation.Tests;

/// <summary>The pages of this repository.</summary>
internal static class Repository
{
    /// <summary>
    /// The folder of this test project. The path of a file from the compiler is not usable, because deterministic builds replace it.
    /// </summary>
    public static string ProjectFolder { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == nameof(ProjectFolder)).Value!;

    public static string Root { get; } = Path.GetFullPath(Path.Combine(ProjectFolder, "..", ".."));

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Every page, relative to the root.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        .. Directory.GetFiles(Root, "*.md")
            .Concat(Directory.GetFiles(PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(new[] { "samples", "src" }.SelectMany(folder => Directory.GetDirectories(PathOf(folder)))
                .SelectMany(project => Directory.GetFiles(project, "*.md")))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];
}
