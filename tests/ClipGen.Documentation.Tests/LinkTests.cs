using System.Text.RegularExpressions;

namespace ClipGen.Documentation.Tests;

/// <summary>Every link between pages has an existing file, folder or heading as its target.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages() => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Link_targets_exist(string page)
    {
        string folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        string[] lost =
        [
            .. LinkPattern().Matches(WithoutCode(File.ReadAllText(Repository.PathOf(page))))
                .Select(match => match.Groups[1].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal) && !IsThere(target, page, folder)),
        ];

        Assert.True(lost.Length == 0, $"{page} has links that lead nowhere: {string.Join(", ", lost)}");
    }

    [Fact]
    public void Every_page_of_the_documentation_can_be_reached_from_the_first()
    {
        var reached = new HashSet<string> { "README.md" };
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out string? page))
        {
            foreach (Match link in LinkPattern().Matches(WithoutCode(File.ReadAllText(Repository.PathOf(page)))))
            {
                string path = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value.Split('#')[0]);
                string target = Path.GetRelativePath(Repository.Root, Path.GetFullPath(path, Repository.Root)).Replace('\\', '/');
                if (Directory.Exists(Repository.PathOf(target)))
                {
                    target += "/README.md";
                }

                if (Repository.Pages.Contains(target) && reached.Add(target))
                {
                    open.Enqueue(target);
                }
            }
        }

        Assert.Equal(Repository.Pages, reached.Order(StringComparer.Ordinal));
    }

    private static bool IsThere(string target, string page, string folder)
    {
        string[] parts = target.Split('#');
        string path = parts[0].Length == 0 ? Repository.PathOf(page) : Path.GetFullPath(Path.Combine(folder, parts[0]));
        if (Directory.Exists(path))
        {
            // A site such as GitHub shows the README of a folder below the list of its files.
            return parts.Length == 1;
        }

        return File.Exists(path) && (parts.Length == 1 || AnchorsOf(path).Contains(parts[1]));
    }

    private static IEnumerable<string> AnchorsOf(string path) =>
        File.ReadLines(path)
            .Where(line => line.StartsWith('#'))
            .Select(line => PunctuationPattern().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutCode(string text) => CodePattern().Replace(text, "");

    [GeneratedRegex(@"(?<=\])\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex PunctuationPattern();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodePattern();
}
