using System.Text.RegularExpressions;

namespace ClipGen.Documentation.Tests;

/// <summary>
/// A block of code on a page. The line that opens it starts with the language, which sites use to highlight the code. After it, the line
/// can contain information for this test:
/// <list type="bullet">
/// <item><c>in=loop</c>: a fragment, which is inserted into <c>Surroundings/loop.cs</c>. <c>in=none</c>: not inserted into the usual
/// surroundings of the page.</item>
/// <item><c>continued</c>: compiled together with the first program of its page.</item>
/// <item><c>generated</c>: lines of the generated code for the block before it, with <c>…</c> in the place of omitted lines.
/// <c>generated continued</c>: for the first program of its page.</item>
/// <item><c>from=File</c>: lines of a file of this repository, in the same order.</item>
/// <item><c>record</c>: a recorded run in the project of the page.</item>
/// <item><c>reported</c>: the output of the compiler for the block before it.</item>
/// <item><c>without=Assembly</c>, <c>langversion=7.3</c>: differences from other programs.</item>
/// </list>
/// A comment <c>// CLIP101</c> at the end of a line means that the rule is reported there. On all other lines, nothing may be reported.
/// </summary>
internal sealed partial record CodeBlock(string Page, int Line, string Language, IReadOnlyList<string> Words, string Text)
{
    public string? this[string key] =>
        Words.FirstOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal)) is { } word ? word[(key.Length + 1)..] : null;

    /// <summary>True if the block is a program, or a part of one, that only this page has.</summary>
    public bool IsProgram => Language == "csharp" && !IsGenerated && this["from"] is null;

    public bool IsGenerated => Words.Contains("generated");

    public bool IsReported => Words.Contains("reported");

    /// <summary>True if the block is a recorded run for the programs of its page.</summary>
    public bool IsRecord => Language == "json" && Words.Contains("record");

    public bool IsContinued => Words.Contains("continued");

    /// <summary>The diagnostics that the comments announce: ids by line, counted from 0.</summary>
    public IReadOnlyList<(int Line, string Id)> Expected =>
    [
        .. Text.Split('\n').SelectMany((text, line) =>
            MarkPattern().Matches(text).SelectMany(mark => mark.Groups[1].Captures.Select(id => (line, id.Value)))),
    ];

    public override string ToString() => $"{Page}:{Line}";

    public static IReadOnlyList<CodeBlock> Read(string page)
    {
        var blocks = new List<CodeBlock>();
        string[] lines = File.ReadAllLines(Repository.PathOf(page));
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            int first = i + 1;
            string[] words = lines[i][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (i++; lines[i] != "```"; i++)
            {
            }

            blocks.Add(new CodeBlock(page, first, words.FirstOrDefault() ?? "", [.. words.Skip(1)], string.Join('\n', lines[first..i])));
        }

        return blocks;
    }

    [GeneratedRegex(@"// (?:(CLIP\d{3})(?:, )?)+")]
    private static partial Regex MarkPattern();
}
